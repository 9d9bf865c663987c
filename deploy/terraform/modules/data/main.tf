# One table, as candlefish.service.store.dynamodb_table.DEFINITION says; a test holds the two together.
resource "aws_dynamodb_table" "store" {
  # checkov:skip=CKV_AWS_119: no personal data is in it; AWS-owned keys cost nothing per request
  name                        = var.stack
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "pk"
  range_key                   = "sk"
  deletion_protection_enabled = var.protected

  attribute {
    name = "pk"
    type = "S"
  }

  attribute {
    name = "sk"
    type = "S"
  }

  attribute {
    name = "client"
    type = "S"
  }

  global_secondary_index {
    name            = "by_client"
    hash_key        = "client"
    range_key       = "sk"
    projection_type = "ALL"
  }

  ttl {
    attribute_name = "ttl"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled = true
  }
}
