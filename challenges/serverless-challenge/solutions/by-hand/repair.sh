#!/usr/bin/env bash
# Repairs and builds what the brief asks for, with the AWS CLI and the candidate's own keys. It looks at nothing that is broken: every
# part is brought to what it has to be, so that it serves whatever the start was. Arguments name the parts; without any, all of them.
set -euo pipefail
export AWS_PAGER=""
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

# Version 1 of the AWS CLI looks for SQS at an address of its own, whatever AWS_ENDPOINT_URL says; --endpoint-url it believes.
sqs() { aws sqs "$@" ${AWS_ENDPOINT_URL:+--endpoint-url "$AWS_ENDPOINT_URL"}; }

region=${AWS_REGION:-$AWS_DEFAULT_REGION}
api=$(aws apigateway get-rest-apis --query "items[?name=='kittiwake-bookings'].id | [0]" --output text)
aws lambda list-functions --query 'Functions[].[FunctionName,Role,FunctionArn]' --output text >"$work/functions"
account=$(awk 'NR == 1 { split($3, arn, ":"); print arn[5] }' "$work/functions")
aws apigateway get-resources --rest-api-id "$api" --query 'items[].[path,id]' --output text >"$work/resources"
aws dynamodb list-tables --query 'TableNames[]' --output text | tr '\t' '\n' >"$work/tables"
sqs list-queues --query 'QueueUrls[]' --output text | tr '\t' '\n' >"$work/queues"

function_like() { awk -v part="$1" 'index($1, part) { print $1; exit }' "$work/functions"; }
role_of() { awk -v part="$1" 'index($1, part) { sub(".*/", "", $2); print $2; exit }' "$work/functions"; }
arn_of() { awk -v part="$1" 'index($1, part) { print $3; exit }' "$work/functions"; }
resource() { awk -v path="$1" '$1 == path { print $2; exit }' "$work/resources"; }
table() { grep -- "$1" "$work/tables" | head -1; }
queue() { grep -- "$1" "$work/queues" | head -1; }
arn_of_table() { echo "arn:aws:dynamodb:$region:$account:table/$(table "$1")"; }
arn_of_queue() { echo "arn:aws:sqs:$region:$account:$(basename "$(queue "$1")")"; }
invocation() { echo "arn:aws:apigateway:$region:lambda:path/2015-03-31/functions/$1/invocations"; }

# Lets a service call a function. A statement of that name may be there already, and let something else.
permit() {
  aws lambda add-permission --function-name "$1" --statement-id "$2" --action lambda:InvokeFunction \
    --principal apigateway.amazonaws.com --source-arn "arn:aws:execute-api:$region:$account:$3" >/dev/null
}
allow() { # function, statement, source below execute-api
  permit "$@" 2>/dev/null && return
  aws lambda remove-permission --function-name "$1" --statement-id "$2" 2>/dev/null || true
  permit "$@"
}

# Replaces one file of a function's code.
replace() { # function, file in the package, file to put there
  (cd "$work" && cp "$3" "$2" && python3 -m zipfile -c code.zip "$2")
  aws lambda update-function-code --function-name "$1" --zip-file "fileb://$work/code.zip" >/dev/null
}

repair_crossings() {
  local list
  list=$(function_like ListCrossings)
  allow "$list" front-page "$api/*/GET/crossings"
  aws apigateway update-integration --rest-api-id "$api" --resource-id "$(resource /crossings)" --http-method GET \
    --patch-operations "op=replace,path=/uri,value=$(invocation "$(arn_of ListCrossings)")" >/dev/null
}

repair_partners() {
  local plan
  aws apigateway update-method --rest-api-id "$api" --resource-id "$(resource /partner/crossings)" --http-method GET \
    --patch-operations op=replace,path=/apiKeyRequired,value=true >/dev/null
  aws apigateway get-usage-plans --query 'items[0].[id, apiStages[].apiId]' --output text >"$work/plan"
  plan=$(awk 'NR == 1 { print $1 }' "$work/plan")
  if ! tail -n +2 "$work/plan" | grep -q "$api"; then
    aws apigateway update-usage-plan --usage-plan-id "$plan" \
      --patch-operations "op=add,path=/apiStages,value=$api:live" >/dev/null
  fi
  if [ "$(aws apigateway get-usage-plan-keys --usage-plan-id "$plan" --query 'length(items)')" = 0 ]; then
    aws apigateway create-usage-plan-key --usage-plan-id "$plan" --key-type API_KEY \
      --key-id "$(aws apigateway get-api-keys --query 'items[0].id' --output text)" >/dev/null
  fi
}

build_board() {
  local board integration cors
  board=$(aws apigatewayv2 get-apis --query "Items[?Name=='kittiwake-board'].ApiId | [0]" --output text)
  cors='{"AllowOrigins": ["https://board.kittiwake.example"], "AllowMethods": ["GET"]}'
  aws apigatewayv2 update-api --api-id "$board" --cors-configuration "$cors" >/dev/null
  if ! aws apigatewayv2 get-routes --api-id "$board" --query 'Items[].RouteKey' --output text | grep -q board; then
    integration=$(aws apigatewayv2 create-integration --api-id "$board" --integration-type AWS_PROXY \
      --integration-uri "$(arn_of ShowBoard)" --payload-format-version 2.0 --query IntegrationId --output text)
    aws apigatewayv2 create-route --api-id "$board" --route-key 'GET /board/{day}' \
      --target "integrations/$integration" >/dev/null
  fi
  if ! aws apigatewayv2 get-stages --api-id "$board" --query 'Items[].StageName' --output text | grep -q default; then
    aws apigatewayv2 create-stage --api-id "$board" --stage-name '$default' --auto-deploy >/dev/null
  fi
  allow "$(function_like ShowBoard)" board "$board/*/GET/board/*"
}

repair_booking() {
  local book layer
  book=$(function_like BookSeats)
  layer=$(aws lambda list-layers --query 'Layers[0].LatestMatchingVersion.LayerVersionArn' --output text)
  replace "$book" app.py "$here/book_seats.py"
  # Until the code is there, nothing else of the function can be changed.
  aws lambda wait function-updated --function-name "$book"
  aws lambda update-function-configuration --function-name "$book" --handler app.handler --layers "$layer" >/dev/null
}

repair_door() {
  local authorizer gate
  gate=$(function_like Gatekeeper)
  authorizer=$(aws apigateway get-authorizers --rest-api-id "$api" --query 'items[0].id' --output text)
  aws apigateway update-method --rest-api-id "$api" --resource-id "$(resource '/crossings/{crossing}/passengers')" \
    --http-method GET --patch-operations op=replace,path=/authorizationType,value=CUSTOM \
    "op=replace,path=/authorizerId,value=$authorizer" >/dev/null
  allow "$gate" authorizer "$api/authorizers/*"
  replace "$gate" index.js "$here/gatekeeper.js"
}

repair_roles() {
  local crossings bookings tickets role
  crossings=$(arn_of_table Crossings) bookings=$(arn_of_table Bookings) tickets=$(arn_of_queue Tickets)
  for role in "$(role_of ReadBooking)" "$(role_of Tally)"; do
    aws iam detach-role-policy --role-name "$role" --policy-arn arn:aws:iam::aws:policy/AdministratorAccess 2>/dev/null || true
  done
  aws iam put-role-policy --role-name "$(role_of PassengerList)" --policy-name bookings --policy-document '{
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "dynamodb:Query", "Resource": "'"$bookings"'/index/by-crossing"}]
  }'
  aws iam put-role-policy --role-name "$(role_of BookSeats)" --policy-name bookings --policy-document '{
    "Version": "2012-10-17",
    "Statement": [
      {"Effect": "Allow", "Action": ["dynamodb:UpdateItem", "dynamodb:GetItem"], "Resource": "'"$crossings"'"},
      {"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": "'"$bookings"'"},
      {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "'"$tickets"'"}
    ]
  }'
}

build_books() {
  local bookings read mapping
  bookings=$(table Bookings)
  if ! aws dynamodb describe-table --table-name "$bookings" --query 'Table.GlobalSecondaryIndexes[].IndexName' \
    --output text | grep -q by-crossing; then
    aws dynamodb update-table --table-name "$bookings" \
      --attribute-definitions AttributeName=crossing,AttributeType=S AttributeName=name,AttributeType=S \
      --global-secondary-index-updates '[{"Create": {"IndexName": "by-crossing", "Projection": {"ProjectionType": "ALL"},
        "KeySchema": [{"AttributeName": "crossing", "KeyType": "HASH"}, {"AttributeName": "name", "KeyType": "RANGE"}]}}]' >/dev/null
    until aws dynamodb describe-table --table-name "$bookings" --query 'Table.GlobalSecondaryIndexes[0].IndexStatus' \
      --output text | grep -q ACTIVE; do sleep 2; done
  fi
  read=$(function_like ReadBooking)
  aws lambda update-function-configuration --function-name "$read" \
    --environment "Variables={BOOKINGS_TABLE=$bookings}" >/dev/null
  mapping=$(aws lambda list-event-source-mappings --function-name "$(function_like Tally)" \
    --query 'EventSourceMappings[0].UUID' --output text)
  aws lambda update-event-source-mapping --uuid "$mapping" --enabled >/dev/null
}

build_tickets() {
  local mapping
  sqs set-queue-attributes --queue-url "$(queue Tickets)" --attributes \
    '{"RedrivePolicy": "{\"deadLetterTargetArn\": \"'"$(arn_of_queue Lost)"'\", \"maxReceiveCount\": 3}", "VisibilityTimeout": "60"}'
  mapping=$(aws lambda list-event-source-mappings --event-source-arn "$(arn_of_queue Tickets)" \
    --query 'EventSourceMappings[0].UUID' --output text)
  aws lambda update-event-source-mapping --uuid "$mapping" --enabled \
    --function-response-types ReportBatchItemFailures >/dev/null
  replace "$(function_like IssueTicket)" index.js "$here/issue_ticket.js"
}

build_logs() {
  local name group
  aws logs describe-log-groups --log-group-name-prefix /aws/lambda/ \
    --query 'logGroups[].[logGroupName,retentionInDays]' --output text >"$work/groups"
  while read -r name _; do
    group=/aws/lambda/$name
    # Lambda makes the group at the first run; one that never ran has none yet.
    case $(awk -v group="$group" '$1 == group { print $2 }' "$work/groups") in
      30) continue ;;
      # By now it may have run, and made the group itself.
      '') aws logs create-log-group --log-group-name "$group" 2>/dev/null || true ;;
    esac
    aws logs put-retention-policy --log-group-name "$group" --retention-in-days 30
  done <"$work/functions"
}

deploy() { aws apigateway create-deployment --rest-api-id "$api" --stage-name live >/dev/null; }

[ "$#" -gt 0 ] || set -- repair_crossings repair_partners build_board repair_booking repair_door repair_roles build_books build_tickets build_logs
for part in "$@"; do
  "$part"
done
deploy
