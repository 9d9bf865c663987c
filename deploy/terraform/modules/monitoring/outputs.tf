output "alarm_names" {
  description = "Every alarm."
  value = concat(
    [for alarm in aws_cloudwatch_metric_alarm.visitors : alarm.alarm_name],
    [for alarm in aws_cloudwatch_metric_alarm.latency : alarm.alarm_name],
    [aws_cloudwatch_metric_alarm.errors.alarm_name],
  )
}
