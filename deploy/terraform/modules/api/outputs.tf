output "function_name" {
  description = "The function that answers."
  value       = aws_lambda_function.function["service"].function_name
}

output "function_arns" {
  description = "All functions."
  value       = [for function in aws_lambda_function.function : function.arn]
}

output "api_ids" {
  description = "Each colour's HTTP API."
  value       = { for colour, api in aws_apigatewayv2_api.http : colour => api.id }
}

output "domain_names" {
  description = "Where the edge asks each colour's service."
  value       = { for colour, api in aws_apigatewayv2_api.http : colour => replace(api.api_endpoint, "https://", "") }
}
