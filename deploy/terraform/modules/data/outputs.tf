output "table_name" {
  description = "The table's name."
  value       = aws_dynamodb_table.store.name
}

output "table_arn" {
  description = "The table."
  value       = aws_dynamodb_table.store.arn
}
