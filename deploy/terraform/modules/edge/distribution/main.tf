data "aws_cloudfront_cache_policy" "none" {
  name = "Managed-CachingDisabled"
}

data "aws_cloudfront_origin_request_policy" "all_but_host" {
  name = "Managed-AllViewerExceptHostHeader"
}

resource "aws_cloudfront_distribution" "edge" {
  # checkov:skip=CKV_AWS_310: the site is in one bucket with eleven nines; a second would have to be kept equal
  # checkov:skip=CKV_AWS_374: visitors are everywhere
  # checkov:skip=CKV2_AWS_47: the firewall has the known-bad-inputs rules
  comment             = "${var.common.stack} ${var.staging ? "candidate" : "primary"}"
  enabled             = true
  is_ipv6_enabled     = true
  http_version        = "http2and3"
  default_root_object = "index.html"
  price_class         = "PriceClass_100"
  web_acl_id          = var.common.web_acl_arn
  staging             = var.staging
  aliases             = var.staging ? [] : [var.domain_name]

  continuous_deployment_policy_id = var.shift_policy_id

  origin {
    origin_id                = "site"
    domain_name              = var.common.site_domain_name
    origin_access_control_id = var.common.access_control_id
    origin_path              = "/releases/none" # candlefish deploy sets the release
  }

  origin {
    origin_id   = "service"
    domain_name = var.common.api_domain_name

    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
  }

  default_cache_behavior {
    target_origin_id           = "site"
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["GET", "HEAD"]
    cached_methods             = ["GET", "HEAD"]
    compress                   = true
    cache_policy_id            = var.common.cache_policies["page"]
    response_headers_policy_id = var.common.headers_policies["page"]

    function_association {
      event_type   = "viewer-response"
      function_arn = var.common.function_arn
    }
  }

  # Directories named by a hash: what is in them never changes.
  dynamic "ordered_cache_behavior" {
    for_each = toset(["app-*", "py-*", "pyodide-*", "pyscript-*", "snapshot-*"])

    content {
      path_pattern               = "/${ordered_cache_behavior.value}/*"
      target_origin_id           = "site"
      viewer_protocol_policy     = "redirect-to-https"
      allowed_methods            = ["GET", "HEAD"]
      cached_methods             = ["GET", "HEAD"]
      compress                   = true
      cache_policy_id            = var.common.cache_policies["hashed"]
      response_headers_policy_id = var.common.headers_policies["hashed"]
    }
  }

  dynamic "ordered_cache_behavior" {
    for_each = toset(var.common.service_paths)

    content {
      path_pattern             = ordered_cache_behavior.value
      target_origin_id         = "service"
      viewer_protocol_policy   = "https-only"
      allowed_methods          = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
      cached_methods           = ["GET", "HEAD"]
      cache_policy_id          = data.aws_cloudfront_cache_policy.none.id
      origin_request_policy_id = data.aws_cloudfront_origin_request_policy.all_but_host.id
    }
  }

  logging_config {
    bucket          = var.common.log_bucket_endpoint
    prefix          = "edge/"
    include_cookies = false
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = var.staging
    acm_certificate_arn            = var.staging ? null : var.certificate_arn
    minimum_protocol_version       = var.staging ? "TLSv1" : "TLSv1.2_2021"
    ssl_support_method             = var.staging ? null : "sni-only"
  }

  lifecycle {
    ignore_changes = [origin]
  }
}
