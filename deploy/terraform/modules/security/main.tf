locals {
  rules = jsondecode(file("${path.module}/../edge/rules.json"))
}

resource "aws_wafv2_web_acl" "edge" {
  # checkov:skip=CKV_AWS_192: AWSManagedRulesKnownBadInputsRuleSet has it (the checker does not see dynamic rules)
  # checkov:skip=CKV2_AWS_31: sampled requests and metrics are kept; full logs would hold addresses
  name  = var.stack
  scope = "CLOUDFRONT"

  default_action {
    allow {}
  }

  rule {
    name     = "rate"
    priority = 0

    action {
      block {}
    }

    statement {
      rate_based_statement {
        limit                 = local.rules.waf_requests_in_window
        evaluation_window_sec = local.rules.waf_window_s
        aggregate_key_type    = "IP"
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "${var.stack}-rate"
      sampled_requests_enabled   = true
    }
  }

  dynamic "rule" {
    for_each = { AWSManagedRulesKnownBadInputsRuleSet = 1, AWSManagedRulesAmazonIpReputationList = 2 }

    content {
      name     = rule.key
      priority = rule.value

      override_action {
        none {}
      }

      statement {
        managed_rule_group_statement {
          name        = rule.key
          vendor_name = "AWS"
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = "${var.stack}-${rule.key}"
        sampled_requests_enabled   = true
      }
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = var.stack
    sampled_requests_enabled   = true
  }
}

# The pipeline signs in by what GitHub says of its run: there is no key to steal.
resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.github.arn]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values   = ["sts.amazonaws.com"]
    }

    # Only runs that somebody approved for this environment.
    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:sub"
      values   = ["repo:${var.repository}:environment:production"]
    }
  }
}

resource "aws_iam_role" "deploy" {
  name                 = "${var.stack}-deploy"
  assume_role_policy   = data.aws_iam_policy_document.assume.json
  max_session_duration = 3600
}

data "aws_iam_policy_document" "deploy" {
  statement {
    sid       = "Releases"
    actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
    resources = [for prefix in ["releases", "hashed"] : "${var.site_bucket_arn}/${prefix}/*"]
  }

  # What was done is written and read, never removed.
  statement {
    sid       = "Record"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["${var.site_bucket_arn}/audit/*"]
  }

  statement {
    sid       = "ListReleases"
    actions   = ["s3:ListBucket"]
    resources = [var.site_bucket_arn]
  }

  statement {
    sid = "Service"
    actions = [
      "lambda:DeleteFunction",
      "lambda:GetFunction",
      "lambda:ListVersionsByFunction",
      "lambda:PublishVersion",
      "lambda:UpdateAlias",
      "lambda:UpdateFunctionCode",
    ]
    resources = concat(var.function_arns, [for arn in var.function_arns : "${arn}:*"])
  }

  # One version may go; the whole function may not.
  statement {
    sid       = "FunctionsStay"
    effect    = "Deny"
    actions   = ["lambda:DeleteFunction"]
    resources = var.function_arns
  }

  statement {
    sid = "Route"
    actions = [
      "cloudfront-keyvaluestore:DescribeKeyValueStore",
      "cloudfront-keyvaluestore:GetKey",
      "cloudfront-keyvaluestore:PutKey",
    ]
    resources = [var.routes_arn]
  }

  statement {
    sid       = "Journal"
    actions   = ["ssm:GetParameter", "ssm:PutParameter", "ssm:DeleteParameters"]
    resources = ["arn:aws:ssm:*:*:parameter/${var.stack}/ops/*"]
  }

  statement {
    sid     = "Read"
    actions = ["ssm:GetParameter"]
    resources = [
      for name in ["resources", "CANDLEFISH_ADMIN_TOKEN"] : "arn:aws:ssm:*:*:parameter/${var.stack}/${name}"
    ]
  }

  statement {
    sid       = "Figures"
    actions   = ["cloudwatch:GetMetricData"]
    resources = ["*"] # CloudWatch knows no narrower resource for reading
  }
}

resource "aws_iam_role_policy" "deploy" {
  name   = "deploy"
  role   = aws_iam_role.deploy.id
  policy = data.aws_iam_policy_document.deploy.json
}
