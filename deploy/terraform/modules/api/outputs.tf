output "function_name" {
  description = "The function that answers."
  value       = aws_lambda_function.function["service"].function_name
}

output "function_arns" {
  description = "All functions."
  value       = [for function in aws_lambda_function.function : function.arn]
}

output "api_id" {
  description = "The HTTP API."
  value       = aws_apigatewayv2_api.http.id
}

output "domain_name" {
  description = "Where the edge asks the service."
  value       = replace(aws_apigatewayv2_api.http.api_endpoint, "https://", "")
}
