# Brings a function out twice and takes the second one back, with the AWS CLI. Prints what each call of the alias gave.
set -eu
lambda() { aws lambda "$@" --output text; }
live() { lambda invoke --function-name shop:live "$FOLDER/answer" >/dev/null; cat "$FOLDER/answer"; }

lambda create-function --function-name shop --runtime python3.12 --role "$ROLE" --handler app.handler \
  --zip-file "fileb://$ONE" >/dev/null
lambda wait function-active-v2 --function-name shop
first=$(lambda publish-version --function-name shop --query Version)
lambda create-alias --function-name shop --name live --function-version "$first" >/dev/null
a=$(live)
lambda update-function-code --function-name shop --zip-file "fileb://$TWO" >/dev/null
lambda wait function-updated-v2 --function-name shop
second=$(lambda publish-version --function-name shop --query Version)
lambda update-alias --function-name shop --name live --function-version "$second" >/dev/null
b=$(live)
lambda update-alias --function-name shop --name live --function-version "$first" >/dev/null
c=$(live)
echo "[$a, $b, $c]"
