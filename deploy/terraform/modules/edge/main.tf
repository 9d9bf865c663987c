# One distribution; which release a visitor gets is decided at each request by route.js, from the key-value store that
# `candlefish deploy` writes. Rules come from candlefish/ops/edge.py, which nginx's configuration is written from too.
locals {
  rules = jsondecode(file("${path.module}/rules.json"))
}

resource "aws_cloudfront_origin_access_control" "site" {
  name                              = var.stack
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

# The path that route.js makes of a request says it all (the release or the hash, the file and its form), so what is at
# it never changes, whatever a browser is told of the page's own address.
resource "aws_cloudfront_cache_policy" "site" {
  name        = var.stack
  default_ttl = local.rules.edge_s
  max_ttl     = local.rules.edge_s
  min_ttl     = local.rules.edge_s

  parameters_in_cache_key_and_forwarded_to_origin {
    enable_accept_encoding_brotli = false
    enable_accept_encoding_gzip   = false

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
  # checkov:skip=CKV_AWS_259: two years, see rules.json (the checker does not read it)
  name = var.stack

  security_headers_config {
    content_security_policy {
      content_security_policy = local.rules.plain_policy
      override                = true # answer.js puts a page's own in its place
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
      value    = "no-store" # of errors: a file says its own
      override = false
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

resource "aws_cloudfront_key_value_store" "routes" {
  name = "${var.stack}-routes"
}

resource "aws_cloudfront_function" "function" {
  for_each                     = toset(["route", "answer"])
  name                         = "${var.stack}-${each.key}"
  runtime                      = "cloudfront-js-2.0"
  code                         = file("${path.module}/${each.key}.js")
  key_value_store_associations = each.key == "route" ? [aws_cloudfront_key_value_store.routes.arn] : []
}

data "aws_cloudfront_cache_policy" "none" {
  name = "Managed-CachingDisabled"
}

data "aws_cloudfront_origin_request_policy" "all_but_host" {
  name = "Managed-AllViewerExceptHostHeader"
}

resource "aws_cloudfront_distribution" "edge" {
  # checkov:skip=CKV_AWS_305: route.js names the page of a directory
  # checkov:skip=CKV_AWS_310: the site is in one bucket with eleven nines; a second would have to be kept equal
  # checkov:skip=CKV_AWS_374: visitors are everywhere
  # checkov:skip=CKV2_AWS_47: the firewall has the known-bad-inputs rules
  comment         = var.stack
  enabled         = true
  is_ipv6_enabled = true
  http_version    = "http2and3"
  price_class     = "PriceClass_100"
  web_acl_id      = var.web_acl_arn
  aliases         = [var.domain_name, "blue.${var.domain_name}", "green.${var.domain_name}"]

  origin {
    origin_id                = "site"
    domain_name              = var.site_domain_name
    origin_access_control_id = aws_cloudfront_origin_access_control.site.id
  }

  dynamic "origin" {
    for_each = var.api_domain_names

    content {
      origin_id   = "service-${origin.key}"
      domain_name = origin.value

      custom_origin_config {
        http_port              = 80
        https_port             = 443
        origin_protocol_policy = "https-only"
        origin_ssl_protocols   = ["TLSv1.2"]
      }
    }
  }

  default_cache_behavior {
    target_origin_id           = "site"
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["GET", "HEAD"]
    cached_methods             = ["GET", "HEAD"]
    cache_policy_id            = aws_cloudfront_cache_policy.site.id
    response_headers_policy_id = aws_cloudfront_response_headers_policy.site.id

    function_association {
      event_type   = "viewer-request"
      function_arn = aws_cloudfront_function.function["route"].arn
    }

    function_association {
      event_type   = "viewer-response"
      function_arn = aws_cloudfront_function.function["answer"].arn
    }
  }

  dynamic "ordered_cache_behavior" {
    for_each = toset(local.rules.service_paths)

    content {
      path_pattern             = ordered_cache_behavior.value
      target_origin_id         = "service-blue" # route.js chooses
      viewer_protocol_policy   = "https-only"
      allowed_methods          = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
      cached_methods           = ["GET", "HEAD"]
      cache_policy_id          = data.aws_cloudfront_cache_policy.none.id
      origin_request_policy_id = data.aws_cloudfront_origin_request_policy.all_but_host.id

      function_association {
        event_type   = "viewer-request"
        function_arn = aws_cloudfront_function.function["route"].arn
      }
    }
  }

  logging_config {
    bucket          = var.log_bucket_endpoint
    prefix          = "edge/"
    include_cookies = false
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    acm_certificate_arn      = var.certificate_arn
    minimum_protocol_version = "TLSv1.2_2021"
    ssl_support_method       = "sni-only"
  }
}
