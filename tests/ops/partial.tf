# The stack but for CloudFront, against a server that stands in for AWS at ENDPOINT.
provider "aws" {
  region                      = "us-east-1"
  access_key                  = "testing"
  secret_key                  = "testing"
  s3_use_path_style           = true
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true

  endpoints {
    apigatewayv2   = "ENDPOINT"
    cloudwatch     = "ENDPOINT"
    cloudwatchlogs = "ENDPOINT"
    dynamodb       = "ENDPOINT"
    events         = "ENDPOINT"
    iam            = "ENDPOINT"
    lambda         = "ENDPOINT"
    s3             = "ENDPOINT"
    s3control      = "ENDPOINT"
    sns            = "ENDPOINT"
    ssm            = "ENDPOINT"
    sts            = "ENDPOINT"
    wafv2          = "ENDPOINT"
  }
}

resource "aws_ssm_parameter" "secret" {
  for_each = toset(["CANDLEFISH_SECRET", "CANDLEFISH_ADMIN_TOKEN"])
  name     = "/candlefish-test/${each.key}"
  type     = "SecureString"
  value    = "sixteen letters or more"
}

module "data" {
  source    = "./modules/data"
  stack     = "candlefish-test"
  protected = false
}

module "site" {
  source           = "./modules/site"
  stack            = "candlefish-test"
  protected        = false
  distribution_arn = "arn:aws:cloudfront::123456789012:distribution/E1"
}

module "api" {
  source         = "./modules/api"
  stack          = "candlefish-test"
  artefact       = "service.zip"
  table_name     = module.data.table_name
  table_arn      = module.data.table_arn
  origins        = ["https://fish.example"]
  parameter_path = "/candlefish-test"
  depends_on     = [aws_ssm_parameter.secret]
}

module "security" {
  source          = "./modules/security"
  stack           = "candlefish-test"
  repository      = "candlefish/candlefish"
  site_bucket_arn = module.site.bucket_arn
  function_arns   = module.api.function_arns
  routes_arn      = "arn:aws:cloudfront::123456789012:key-value-store/1"
}

module "monitoring" {
  source           = "./modules/monitoring"
  stack            = "candlefish-test"
  alarm_emails     = []
  function_name    = module.api.function_name
  api_ids          = module.api.api_ids
  table_name       = module.data.table_name
  distribution_id  = "E1"
  metric_namespace = "Candlefish/candlefish-test"
}
