# The whole stack with a mocked provider: what it would be, without an account.
mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }

  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_resource "aws_apigatewayv2_api" {
    defaults = {
      api_endpoint  = "https://abc.execute-api.us-east-1.amazonaws.com"
      execution_arn = "arn:aws:execute-api:us-east-1:123456789012:abc"
    }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/mock" }
  }

  mock_resource "aws_iam_openid_connect_provider" {
    defaults = { arn = "arn:aws:iam::123456789012:oidc-provider/mock" }
  }

  mock_resource "aws_lambda_function" {
    defaults = { arn = "arn:aws:lambda:us-east-1:123456789012:function:mock" }
  }

  mock_resource "aws_lambda_alias" {
    defaults = {
      arn        = "arn:aws:lambda:us-east-1:123456789012:function:mock:live"
      invoke_arn = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/mock/invocations"
    }
  }

  mock_resource "aws_cloudwatch_event_rule" {
    defaults = { arn = "arn:aws:events:us-east-1:123456789012:rule/mock" }
  }

  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:us-east-1:123456789012:mock" }
  }

  mock_resource "aws_wafv2_web_acl" {
    defaults = { arn = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/mock/1" }
  }

  mock_resource "aws_cloudfront_function" {
    defaults = { arn = "arn:aws:cloudfront::123456789012:function/mock" }
  }

  mock_resource "aws_cloudfront_key_value_store" {
    defaults = { arn = "arn:aws:cloudfront::123456789012:key-value-store/00000000-0000-0000-0000-000000000000" }
  }

  mock_resource "aws_cloudfront_distribution" {
    defaults = { arn = "arn:aws:cloudfront::123456789012:distribution/MOCK" }
  }
}

variables {
  stack           = "candlefish-test"
  domain_name     = "fish.example"
  certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/1"
  artefact        = "service.zip"
  repository      = "candlefish/candlefish"
  alarm_emails    = ["team@fish.example"]
}

run "stack" {
  assert {
    condition     = module.data.table_name == "candlefish-test"
    error_message = "the table is not named by the stack"
  }

  assert {
    condition = toset(module.monitoring.alarm_names) == toset([
      for name in ["fps", "memory-warning", "memory", "trust", "errors", "latency-blue", "latency-green"] : "candlefish-test-${name}"
    ])
    error_message = "not every alert condition has its alarm"
  }

  assert {
    condition     = toset(keys(module.api.api_ids)) == toset(["blue", "green"])
    error_message = "there is no API to try a release on"
  }
}

run "a_pattern_is_no_repository" {
  command = plan

  variables {
    repository = "candlefish/*"
  }

  expect_failures = [var.repository]
}
