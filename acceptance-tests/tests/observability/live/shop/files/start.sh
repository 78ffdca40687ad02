set -e
/bin/busybox test -n "$SESSION_KEY"
/bin/busybox test -n "$OTEL_EXPORTER_OTLP_ENDPOINT"
echo "opened" >> /orders/opened
echo "open, tells $OTEL_EXPORTER_OTLP_ENDPOINT"
exec /bin/busybox httpd -f -p 8080 -h /www
