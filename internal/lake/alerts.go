package lake

import (
	"context"
	"errors"
	"io"
)

// alertsName is the object that holds the rules of alerts, their states and
// what has fired, as internal/alert writes them.
const alertsName = "kind=alerts/alerts.json"

// PutAlerts replaces what is kept about alerts. The bytes are JSON, and their
// owner's business.
func (l *Lake) PutAlerts(ctx context.Context, data []byte) error {
	return l.put(ctx, alertsName, "application/json", func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// Alerts returns what PutAlerts stored last; nil before the first time.
func (l *Lake) Alerts(ctx context.Context) ([]byte, error) {
	data, err := l.get(ctx, alertsName)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return data, err
}
