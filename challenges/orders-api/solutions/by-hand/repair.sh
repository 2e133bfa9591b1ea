#!/usr/bin/env bash
# Repairs the orders service from its broken start, with the AWS CLI and the candidate's own keys. Arguments name the
# parts to repair; without any, all of them.
set -euo pipefail
export AWS_PAGER=""

function_like() {
  aws lambda list-functions --query "Functions[?contains(FunctionName, '$1')].FunctionName | [0]" --output text
}
configuration() { aws lambda get-function-configuration --function-name "$1" --query "$2" --output text; }
role_of() { basename "$(configuration "$1" Role)"; }
resource() { aws apigateway get-resources --rest-api-id "$api" --query "items[?path=='$1'].id | [0]" --output text; }

api=$(aws apigateway get-rest-apis --query 'items[0].id' --output text)
account=$(aws sts get-caller-identity --query Account --output text)
region=${AWS_REGION:-$AWS_DEFAULT_REGION}
create=$(function_like CreateOrder)
get=$(function_like GetOrder)
list=$(function_like ListOrders)
table=$(configuration "$create" Environment.Variables.ORDERS_TABLE)
table_arn=$(aws dynamodb describe-table --table-name "$table" --query Table.TableArn --output text)

policy() { # actions, as a JSON list
  printf '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":%s,"Resource":"%s"}]}' "$1" "$table_arn"
}

repair_handler() {
  aws lambda update-function-configuration --function-name "$create" --handler app.handler >/dev/null
  aws lambda wait function-updated --function-name "$create"
}

repair_writer() {
  aws iam put-role-policy --role-name "$(role_of "$create")" --policy-name orders-table \
    --policy-document "$(policy '["dynamodb:PutItem"]')"
}

repair_total() {
  local work
  work=$(mktemp -d)
  aws lambda get-function --function-name "$create" --query Code.Location --output text >"$work/location"
  python3 - "$work" <<'PYTHON'
import io, sys, urllib.request, zipfile
work = sys.argv[1]
code = urllib.request.urlopen(open(f"{work}/location").read().strip()).read()
app = zipfile.ZipFile(io.BytesIO(code)).read("app.py").decode()
app = app.replace('sum(line["unit_price"] for', 'sum(line["quantity"] * line["unit_price"] for')
with zipfile.ZipFile(f"{work}/code.zip", "w") as repaired:
    repaired.writestr("app.py", app)
PYTHON
  aws lambda update-function-code --function-name "$create" --zip-file "fileb://$work/code.zip" >/dev/null
  aws lambda wait function-updated --function-name "$create"
  rm -r "$work"
}

repair_permission() {
  aws lambda add-permission --function-name "$get" --statement-id api-reads-orders --action lambda:InvokeFunction \
    --principal apigateway.amazonaws.com --source-arn "arn:aws:execute-api:$region:$account:$api/*/GET/orders/*" >/dev/null
}

repair_integration() {
  local list_arn
  list_arn=$(configuration "$list" FunctionArn)
  aws apigateway update-integration --rest-api-id "$api" --resource-id "$(resource /orders)" --http-method GET \
    --patch-operations "op=replace,path=/uri,value=arn:aws:apigateway:$region:lambda:path/2015-03-31/functions/$list_arn/invocations" \
    >/dev/null
}

repair_preflight() {
  local here=(--rest-api-id "$api" --resource-id "$(resource /orders)" --http-method OPTIONS)
  local header=method.response.header.Access-Control-Allow
  aws apigateway put-method "${here[@]}" --authorization-type NONE >/dev/null
  aws apigateway put-integration "${here[@]}" --type MOCK \
    --request-templates '{"application/json": "{\"statusCode\": 200}"}' >/dev/null
  aws apigateway put-method-response "${here[@]}" --status-code 200 \
    --response-parameters "$header-Origin=true,$header-Methods=true,$header-Headers=true" >/dev/null
  aws apigateway put-integration-response "${here[@]}" --status-code 200 --response-parameters \
    "{\"$header-Origin\": \"'https://shop.harbourlane.example'\", \"$header-Methods\": \"'POST,OPTIONS'\", \"$header-Headers\": \"'Content-Type'\"}" \
    >/dev/null
}

repair_reader() {
  aws iam put-role-policy --role-name "$(role_of "$get")" --policy-name orders-table \
    --policy-document "$(policy '["dynamodb:GetItem"]')"
}

deploy() { aws apigateway create-deployment --rest-api-id "$api" --stage-name live >/dev/null; }

[ "$#" -gt 0 ] || set -- handler writer total permission integration preflight reader
for part in "$@"; do
  "repair_$part"
done
deploy
