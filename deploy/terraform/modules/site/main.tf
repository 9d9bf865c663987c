# Releases lie side by side (releases/<id>/…), hashed directories once for all (hashed/…); the edge chooses by path.
resource "aws_s3_bucket" "site" {
  # checkov:skip=CKV_AWS_21: versions are kept, see `kept` below (the checker does not follow local.buckets)
  # checkov:skip=CKV2_AWS_6: it is closed, see `closed` below (as above)
  # checkov:skip=CKV2_AWS_61: it has a lifecycle, see below (as above)
  # checkov:skip=CKV_AWS_18: reading it is logged, see `site` below (as above)
  # checkov:skip=CKV_AWS_144: a release is built again from its commit; nothing here is the only copy
  # checkov:skip=CKV_AWS_145: the site is public; keys of our own would protect nothing
  # checkov:skip=CKV2_AWS_62: nobody waits for an event of this bucket
  bucket        = "${var.stack}-site"
  force_destroy = !var.protected
}

resource "aws_s3_bucket" "logs" {
  # checkov:skip=CKV_AWS_21: versions are kept, see `kept` below (the checker does not follow local.buckets)
  # checkov:skip=CKV2_AWS_6: it is closed, see `closed` below (as above)
  # checkov:skip=CKV2_AWS_61: it has a lifecycle, see below (as above)
  # checkov:skip=CKV_AWS_144: logs go after 30 days
  # checkov:skip=CKV_AWS_145: S3's own keys
  # checkov:skip=CKV_AWS_18: logs of reading logs
  # checkov:skip=CKV2_AWS_62: nobody waits for an event of this bucket
  bucket        = "${var.stack}-logs"
  force_destroy = !var.protected
}

locals {
  buckets = { site = aws_s3_bucket.site.id, logs = aws_s3_bucket.logs.id }
}

resource "aws_s3_bucket_public_access_block" "closed" {
  for_each                = local.buckets
  bucket                  = each.value
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "encrypted" {
  for_each = local.buckets
  bucket   = each.value

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_versioning" "kept" {
  for_each = local.buckets
  bucket   = each.value

  versioning_configuration {
    status = "Enabled"
  }
}

# CloudFront writes its logs through an access list; nothing else may.
resource "aws_s3_bucket_ownership_controls" "owned" {
  # checkov:skip=CKV2_AWS_65: CloudFront's standard logs need an access list
  for_each = local.buckets
  bucket   = each.value

  rule {
    object_ownership = each.key == "logs" ? "BucketOwnerPreferred" : "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "site" {
  bucket = local.buckets["site"]

  rule {
    id     = "versions"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = 30
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "logs" {
  bucket = local.buckets["logs"]

  rule {
    id     = "expire"
    status = "Enabled"

    filter {}

    expiration {
      days = 30
    }

    noncurrent_version_expiration {
      noncurrent_days = 1
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
}

data "aws_iam_policy_document" "logs" {
  statement {
    sid       = "SiteIsLogged"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.logs.arn}/s3/*"]

    principals {
      type        = "Service"
      identifiers = ["logging.s3.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = [aws_s3_bucket.site.arn]
    }
  }
}

resource "aws_s3_bucket_policy" "logs" {
  bucket = aws_s3_bucket.logs.id
  policy = data.aws_iam_policy_document.logs.json
}

resource "aws_s3_bucket_logging" "site" {
  bucket        = local.buckets["site"]
  target_bucket = local.buckets["logs"]
  target_prefix = "s3/"
  depends_on    = [aws_s3_bucket_policy.logs]
}

data "aws_iam_policy_document" "site" {
  dynamic "statement" {
    for_each = {
      DistributionsRead = {
        action    = "s3:GetObject"
        resources = [for path in ["releases/*/site/*", "hashed/*"] : "${aws_s3_bucket.site.arn}/${path}"]
      }
      # Else what is not there would be forbidden (403), not missing (404).
      DistributionsSeeWhatIsMissing = {
        action    = "s3:ListBucket"
        resources = [aws_s3_bucket.site.arn]
      }
    }

    content {
      sid       = statement.key
      actions   = [statement.value.action]
      resources = statement.value.resources

      principals {
        type        = "Service"
        identifiers = ["cloudfront.amazonaws.com"]
      }

      condition {
        test     = "ArnEquals"
        variable = "AWS:SourceArn"
        values   = [var.distribution_arn]
      }
    }
  }

  statement {
    sid       = "OverTLSAlone"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.site.arn, "${aws_s3_bucket.site.arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "site" {
  bucket = aws_s3_bucket.site.id
  policy = data.aws_iam_policy_document.site.json
}
