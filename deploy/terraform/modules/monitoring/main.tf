# Alarms of what visitors see and of what answers them. Each has a page in docs/runbook.md, named in it.
locals {
  visitors = {
    fps = {
      metric = "Fps", statistic = "p50", below = true, threshold = 30, minutes = 5, severity = "critical"
      text   = "Visitors' fish draw fewer than 30 frames a second."
    }
    memory-warning = {
      metric = "MemoryMb", statistic = "p90", below = false, threshold = 40, minutes = 15, severity = "warning"
      text   = "Visitors' pages hold more than 40 MB."
    }
    memory = {
      metric = "MemoryMb", statistic = "p90", below = false, threshold = 50, minutes = 5, severity = "critical"
      text   = "Visitors' pages hold more than 50 MB."
    }
    trust = {
      metric = "TrustGained", statistic = "Average", below = true, threshold = 20, minutes = 60, severity = "warning"
      text   = "A visit earns less than 20 points of trust."
    }
  }
}

resource "aws_sns_topic" "alarms" {
  # checkov:skip=CKV_AWS_26: the messages name alarms; nothing in them is secret
  for_each = toset(["critical", "warning"])
  name     = "${var.stack}-${each.key}"
}

resource "aws_sns_topic_subscription" "email" {
  for_each  = toset(var.alarm_emails)
  topic_arn = aws_sns_topic.alarms["critical"].arn
  protocol  = "email"
  endpoint  = each.value
}

resource "aws_cloudwatch_metric_alarm" "visitors" {
  for_each            = local.visitors
  alarm_name          = "${var.stack}-${each.key}"
  alarm_description   = "${each.value.text} Runbook: docs/runbook.md#${each.key}"
  namespace           = var.metric_namespace
  metric_name         = each.value.metric
  statistic           = startswith(each.value.statistic, "p") ? null : each.value.statistic
  extended_statistic  = startswith(each.value.statistic, "p") ? each.value.statistic : null
  comparison_operator = each.value.below ? "LessThanThreshold" : "GreaterThanThreshold"
  threshold           = each.value.threshold
  period              = 60
  evaluation_periods  = each.value.minutes
  datapoints_to_alarm = each.value.minutes
  treat_missing_data  = "notBreaching" # at night nobody visits
  alarm_actions       = [aws_sns_topic.alarms[each.value.severity].arn]
  ok_actions          = [aws_sns_topic.alarms[each.value.severity].arn]
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "${var.stack}-errors"
  alarm_description   = "More than 5 % of the API's answers are server errors. Runbook: docs/runbook.md#errors"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 5
  evaluation_periods  = 5
  datapoints_to_alarm = 3
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms["critical"].arn]
  ok_actions          = [aws_sns_topic.alarms["critical"].arn]

  metric_query {
    id          = "rate"
    expression  = "IF(requests >= 20, 100 * failed / requests, 0)"
    label       = "server errors, %"
    return_data = true
  }

  # Both colours together.
  dynamic "metric_query" {
    for_each = { failed = "5xx", requests = "Count" }

    content {
      id         = metric_query.key
      expression = join(" + ", [for colour in keys(var.api_ids) : "FILL(${metric_query.key}_${colour}, 0)"])
      label      = metric_query.value
    }
  }

  dynamic "metric_query" {
    for_each = merge([
      for colour, id in var.api_ids : {
        "failed_${colour}"   = { metric = "5xx", id = id }
        "requests_${colour}" = { metric = "Count", id = id }
      }
    ]...)

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/ApiGateway"
        metric_name = metric_query.value.metric
        period      = 60
        stat        = "Sum"
        dimensions  = { ApiId = metric_query.value.id }
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "latency" {
  for_each            = var.api_ids
  alarm_name          = "${var.stack}-latency-${each.key}"
  alarm_description   = "One answer in twenty takes more than 3 s. Runbook: docs/runbook.md#latency"
  namespace           = "AWS/ApiGateway"
  metric_name         = "Latency"
  dimensions          = { ApiId = each.value }
  extended_statistic  = "p95"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 3000
  period              = 60
  evaluation_periods  = 5
  datapoints_to_alarm = 3
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms["critical"].arn]
  ok_actions          = [aws_sns_topic.alarms["critical"].arn]
}

locals {
  panels = [
    { title = "Frames a second", metrics = [[var.metric_namespace, "Fps", { stat = "p50" }], ["...", { stat = "p10" }]] },
    { title = "Memory of pages, MB", metrics = [[var.metric_namespace, "MemoryMb", { stat = "p50" }], ["...", { stat = "p90" }]] },
    { title = "Errors of pages", metrics = [[var.metric_namespace, "Errors", { stat = "Sum" }]] },
    { title = "Trust a visit", metrics = [[var.metric_namespace, "TrustGained", { stat = "Average" }]] },
    { title = "Visits", metrics = [[var.metric_namespace, "Sessions", { stat = "Sum" }]] },
    { title = "API: answers and server errors", metrics = concat([for id in values(var.api_ids) : ["AWS/ApiGateway", "Count", "ApiId", id, { stat = "Sum" }]], [for id in values(var.api_ids) : ["AWS/ApiGateway", "5xx", "ApiId", id, { stat = "Sum" }]]) },
    { title = "API: latency, ms", metrics = [for id in values(var.api_ids) : ["AWS/ApiGateway", "Latency", "ApiId", id, { stat = "p95" }]] },
    { title = "Lambda: duration, ms", metrics = [["AWS/Lambda", "Duration", "FunctionName", var.function_name, { stat = "p95" }]] },
    { title = "Table: units consumed", metrics = [["AWS/DynamoDB", "ConsumedWriteCapacityUnits", "TableName", var.table_name, { stat = "Sum" }], [".", "ConsumedReadCapacityUnits", ".", ".", { stat = "Sum" }]] },
    { title = "Edge: cache hit rate, %", metrics = [["AWS/CloudFront", "CacheHitRate", "DistributionId", var.distribution_id, "Region", "Global", { stat = "Average" }]] },
  ]
}

resource "aws_cloudwatch_dashboard" "candlefish" {
  dashboard_name = var.stack

  dashboard_body = jsonencode({
    widgets = [
      for number, panel in local.panels : {
        type   = "metric"
        x      = 12 * (number % 2)
        y      = 6 * floor(number / 2)
        width  = 12
        height = 6
        properties = {
          title   = panel.title
          metrics = panel.metrics
          period  = 60
          region  = "us-east-1"
          view    = "timeSeries"
        }
      }
    ]
  })
}
