# Two distributions: what visitors get, and one beside it (staging) that takes a share of them while a release
# is tried. Rules come from candlefish/ops/edge.py, which nginx's configuration is written from too.
locals {
  rules = jsondecode(file("${path.module}/rules.json"))

  common = {
    stack               = var.stack
    site_domain_name    = var.site_domain_name
    access_control_id   = aws_cloudfront_origin_access_control.site.id
    api_domain_name     = var.api_domain_name
    web_acl_arn         = var.web_acl_arn
    log_bucket_endpoint = var.log_bucket_endpoint
    function_arn        = aws_cloudfront_function.policies.arn
    cache_policies      = { for kind, policy in aws_cloudfront_cache_policy.site : kind => policy.id }
    headers_policies    = { for kind, policy in aws_cloudfront_response_headers_policy.site : kind => policy.id }
    service_paths       = local.rules.service_paths
  }
}

resource "aws_cloudfront_origin_access_control" "site" {
  name                              = var.stack
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_cloudfront_cache_policy" "site" {
  for_each    = { page = local.rules.page_edge_s, hashed = local.rules.hashed_edge_s }
  name        = "${var.stack}-${each.key}"
  default_ttl = each.value
  max_ttl     = each.value
  min_ttl     = each.value

  parameters_in_cache_key_and_forwarded_to_origin {
    enable_accept_encoding_brotli = true
    enable_accept_encoding_gzip   = true

    cookies_config {
      cookie_behavior = "none"
    }

    headers_config {
      header_behavior = "none"
    }

    query_strings_config {
      query_string_behavior = "none"
    }
  }
}

resource "aws_cloudfront_response_headers_policy" "site" {
  for_each = { page = local.rules.page_cache_control, hashed = local.rules.hashed_cache_control }
  name     = "${var.stack}-${each.key}"

  security_headers_config {
    content_security_policy {
      content_security_policy = local.rules.plain_policy
      override                = false # a page's own stands
    }

    content_type_options {
      override = true
    }

    referrer_policy {
      referrer_policy = lower(local.rules.headers["Referrer-Policy"])
      override        = true
    }

    strict_transport_security {
      access_control_max_age_sec = local.rules.strict_transport_security_s
      include_subdomains         = true
      preload                    = true
      override                   = true
    }
  }

  custom_headers_config {
    items {
      header   = "Cache-Control"
      value    = each.value
      override = true
    }

    dynamic "items" {
      for_each = {
        for name, value in local.rules.headers : name => value
        if !contains(["X-Content-Type-Options", "Referrer-Policy"], name)
      }

      content {
        header   = items.key
        value    = items.value
        override = true
      }
    }
  }
}

resource "aws_cloudfront_key_value_store" "policies" {
  name = "${var.stack}-policies"
}

resource "aws_cloudfront_function" "policies" {
  name                         = "${var.stack}-policies"
  runtime                      = "cloudfront-js-2.0"
  code                         = file("${path.module}/policies.js")
  key_value_store_associations = [aws_cloudfront_key_value_store.policies.arn]
}

module "primary" {
  source          = "./distribution"
  common          = local.common
  staging         = false
  domain_name     = var.domain_name
  certificate_arn = var.certificate_arn
  shift_policy_id = aws_cloudfront_continuous_deployment_policy.shift.id
}

module "candidate" {
  source  = "./distribution"
  common  = local.common
  staging = true
}

resource "aws_cloudfront_continuous_deployment_policy" "shift" {
  enabled = false # candlefish deploy lets it begin

  staging_distribution_dns_names {
    quantity = 1
    items    = [module.candidate.domain_name]
  }

  traffic_config {
    type = "SingleWeight"

    single_weight_config {
      weight = "0.05"

      session_stickiness_config {
        idle_ttl    = 300
        maximum_ttl = 600
      }
    }
  }

  lifecycle {
    ignore_changes = [enabled, traffic_config]
  }
}
