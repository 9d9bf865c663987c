"""The `aws` engine: S3, Lambda, CloudFront and its key-value store, as deploy/terraform makes them."""
