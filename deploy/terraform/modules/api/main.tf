# The service on Lambda. `candlefish deploy` publishes versions and moves the aliases, so Terraform leaves both alone
# after it has made them.
data "aws_caller_identity" "here" {}

data "aws_region" "here" {}

# Made by hand once (docs/operations.md): never in the repository, only in the state, which is encrypted.
data "aws_ssm_parameter" "secret" {
  for_each        = toset(["CANDLEFISH_SECRET", "CANDLEFISH_ADMIN_TOKEN"])
  name            = "${var.parameter_path}/${each.key}"
  with_decryption = true
}

locals {
  colours = toset(["blue", "green"])
  functions = {
    service     = { handler = "candlefish.service.aws.handler", timeout = 10, memory = 512 }
    housekeeper = { handler = "candlefish.service.aws.housekeeper", timeout = 60, memory = 512 }
    socket      = { handler = "candlefish.service.aws.socket", timeout = 10, memory = 512 }
  }
  # Each alias and the function it belongs to: a colour's are asked by the edge, the others by what is live.
  aliases = merge(
    { for colour in local.colours : colour => { function = "service", name = colour } },
    { for function in ["housekeeper", "socket"] : function => { function = function, name = "live" } },
  )
  logs = "arn:aws:logs:${data.aws_region.here.name}:${data.aws_caller_identity.here.account_id}:log-group"
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "service" {
  name               = "${var.stack}-service"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

data "aws_iam_policy_document" "service" {
  statement {
    sid = "Store"
    actions = [
      "dynamodb:BatchGetItem",
      "dynamodb:BatchWriteItem",
      "dynamodb:DeleteItem",
      "dynamodb:DescribeTable",
      "dynamodb:GetItem",
      "dynamodb:PutItem",
      "dynamodb:Query",
      "dynamodb:UpdateItem",
    ]
    resources = [var.table_arn, "${var.table_arn}/index/*"]
  }

  statement {
    sid       = "LiveConnections"
    actions   = ["execute-api:ManageConnections"]
    resources = ["${aws_apigatewayv2_api.live.execution_arn}/live/*"]
  }

  statement {
    sid       = "Logs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = [for name in keys(local.functions) : "${local.logs}:/aws/lambda/${var.stack}-${name}:*"]
  }
}

resource "aws_iam_role_policy" "service" {
  name   = "service"
  role   = aws_iam_role.service.id
  policy = data.aws_iam_policy_document.service.json
}

resource "aws_cloudwatch_log_group" "function" {
  # checkov:skip=CKV_AWS_158: no personal data is logged
  # checkov:skip=CKV_AWS_338: thirty days are enough to look into an incident
  for_each          = local.functions
  name              = "/aws/lambda/${var.stack}-${each.key}"
  retention_in_days = 30
}

resource "aws_lambda_function" "function" {
  # checkov:skip=CKV_AWS_50: no request is traced: a trace would hold addresses
  # checkov:skip=CKV_AWS_115: the account's own limit; a limit here would refuse visitors
  # checkov:skip=CKV_AWS_116: requests are answered, not queued
  # checkov:skip=CKV_AWS_117: DynamoDB alone is called; a network of our own would add cost and no safety
  # checkov:skip=CKV_AWS_173: AWS-owned keys
  # checkov:skip=CKV_AWS_272: releases are named by their contents and uploaded by one role
  for_each      = local.functions
  function_name = "${var.stack}-${each.key}"
  role          = aws_iam_role.service.arn
  handler       = each.value.handler
  runtime       = "python3.13"
  architectures = ["arm64"]
  memory_size   = each.value.memory
  timeout       = each.value.timeout
  filename      = var.artefact
  publish       = true

  environment {
    variables = {
      CANDLEFISH_TABLE        = var.table_name
      CANDLEFISH_NAMESPACE    = "Candlefish/${var.stack}"
      CANDLEFISH_ORIGINS      = join(" ", var.origins)
      CANDLEFISH_LIVE_ADDRESS = "${aws_apigatewayv2_api.live.api_endpoint}/live"
      CANDLEFISH_SECRET       = data.aws_ssm_parameter.secret["CANDLEFISH_SECRET"].value
      CANDLEFISH_ADMIN_TOKEN  = data.aws_ssm_parameter.secret["CANDLEFISH_ADMIN_TOKEN"].value
    }
  }

  depends_on = [aws_cloudwatch_log_group.function]

  lifecycle {
    ignore_changes = [filename, s3_bucket, s3_key, source_code_hash]
  }
}

# A colour is an alias with an API of its own; the edge chooses between the two. `live` is what the schedule and live
# connections call.
resource "aws_lambda_alias" "alias" {
  for_each         = local.aliases
  name             = each.value.name
  function_name    = aws_lambda_function.function[each.value.function].function_name
  function_version = aws_lambda_function.function[each.value.function].version

  lifecycle {
    ignore_changes = [function_version]
  }
}

resource "aws_apigatewayv2_api" "http" {
  for_each      = local.colours
  name          = "${var.stack}-${each.key}"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_integration" "service" {
  for_each               = local.colours
  api_id                 = aws_apigatewayv2_api.http[each.key].id
  integration_type       = "AWS_PROXY"
  integration_uri        = aws_lambda_alias.alias[each.key].invoke_arn
  payload_format_version = "2.0"
}

resource "aws_apigatewayv2_route" "all" {
  # checkov:skip=CKV_AWS_309: the API is public; the service itself asks for tokens where they are needed
  for_each  = local.colours
  api_id    = aws_apigatewayv2_api.http[each.key].id
  route_key = "$default"
  target    = "integrations/${aws_apigatewayv2_integration.service[each.key].id}"
}

resource "aws_apigatewayv2_stage" "all" {
  # checkov:skip=CKV_AWS_76: access logs would hold addresses; counts and latencies are kept as metrics
  for_each    = local.colours
  api_id      = aws_apigatewayv2_api.http[each.key].id
  name        = "$default"
  auto_deploy = true

  default_route_settings {
    throttling_burst_limit = 2000
    throttling_rate_limit  = 1000
  }
}

resource "aws_lambda_permission" "api" {
  for_each      = local.colours
  statement_id  = "api-${each.key}"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.function["service"].function_name
  qualifier     = aws_lambda_alias.alias[each.key].name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.http[each.key].execution_arn}/*"
}

resource "aws_cloudwatch_event_rule" "minute" {
  name                = "${var.stack}-housekeeper"
  schedule_expression = "rate(1 minute)"
}

resource "aws_cloudwatch_event_target" "housekeeper" {
  rule = aws_cloudwatch_event_rule.minute.name
  arn  = aws_lambda_alias.alias["housekeeper"].arn
}

resource "aws_lambda_permission" "schedule" {
  statement_id  = "schedule"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.function["housekeeper"].function_name
  qualifier     = aws_lambda_alias.alias["housekeeper"].name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.minute.arn
}

# Live connections of the dashboard: held here, heard by one function, told by the schedule.
resource "aws_apigatewayv2_api" "live" {
  name                       = "${var.stack}-live"
  protocol_type              = "WEBSOCKET"
  route_selection_expression = "$request.body.action"
}

resource "aws_apigatewayv2_integration" "socket" {
  api_id           = aws_apigatewayv2_api.live.id
  integration_type = "AWS_PROXY"
  integration_uri  = aws_lambda_alias.alias["socket"].invoke_arn
}

resource "aws_apigatewayv2_route" "live" {
  # checkov:skip=CKV_AWS_309: the first message shows the admin token; without it the connection ends
  for_each  = toset(["$connect", "$default", "$disconnect"])
  api_id    = aws_apigatewayv2_api.live.id
  route_key = each.key
  target    = "integrations/${aws_apigatewayv2_integration.socket.id}"
}

resource "aws_apigatewayv2_stage" "live" {
  # checkov:skip=CKV2_AWS_51: browsers of the team connect; the first message shows the admin token
  # checkov:skip=CKV_AWS_76: access logs would hold addresses
  api_id      = aws_apigatewayv2_api.live.id
  name        = "live"
  auto_deploy = true

  default_route_settings {
    throttling_burst_limit = 100
    throttling_rate_limit  = 50
  }
}

resource "aws_lambda_permission" "live" {
  statement_id  = "live"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.function["socket"].function_name
  qualifier     = aws_lambda_alias.alias["socket"].name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.live.execution_arn}/*"
}
