package api

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"halcyon/internal/alert"
)

// Alerts is the rules that users make and what has fired. Both are required.
type Alerts struct {
	Book *alert.Book
	// Channels names the ways that firings are delivered by, beside the page.
	Channels []string
}

type firedRequest struct {
	After int64 `query:"after" doc:"only what fired after the one with this id"`
}

type alertsAnswer struct {
	Body struct {
		Rules    []alert.Rule   `json:"rules"`
		Fired    []alert.Firing `json:"fired" doc:"newest first"`
		Channels []string       `json:"channels" doc:"where the server delivers to, beside the page"`
	}
}

type ruleRequest struct{ Body alert.Rule }

type changedRule struct {
	ID   string `path:"id"`
	Body alert.Rule
}

type ruleAnswer struct{ Body alert.Rule }

// serveAlerts registers the endpoints of alerts.
func (s *server) serveAlerts(api huma.API) {
	huma.Get(api, "/api/v1/alerts", s.alerts)
	huma.Register(api, huma.Operation{OperationID: "post-alert", Method: http.MethodPost, Path: "/api/v1/alerts", DefaultStatus: http.StatusCreated}, s.addAlert)
	huma.Put(api, "/api/v1/alerts/{id}", s.replaceAlert)
	huma.Delete(api, "/api/v1/alerts/{id}", s.deleteAlert)
}

func (s *server) alerts(_ context.Context, req *firedRequest) (*alertsAnswer, error) {
	out := &alertsAnswer{}
	out.Body.Rules = append([]alert.Rule{}, s.Alerts.Book.Rules()...)
	out.Body.Fired = s.Alerts.Book.Fired(req.After)
	out.Body.Channels = append([]string{}, s.Alerts.Channels...)
	return out, nil
}

func (s *server) addAlert(ctx context.Context, req *ruleRequest) (*ruleAnswer, error) {
	if _, err := s.find(ctx, req.Body.Venue, req.Body.Symbol); err != nil {
		return nil, err
	}
	rule, err := s.Alerts.Book.Add(ctx, req.Body)
	if err != nil {
		return nil, failed(err)
	}
	return &ruleAnswer{rule}, nil
}

func (s *server) replaceAlert(ctx context.Context, req *changedRule) (*ruleAnswer, error) {
	req.Body.ID = req.ID
	if err := s.Alerts.Book.Replace(ctx, req.Body); err != nil {
		return nil, unknownRule(req.ID, err)
	}
	return &ruleAnswer{req.Body}, nil
}

func (s *server) deleteAlert(ctx context.Context, req *struct {
	ID string `path:"id"`
}) (*struct{}, error) {
	if err := s.Alerts.Book.Delete(ctx, req.ID); err != nil {
		return nil, unknownRule(req.ID, err)
	}
	return nil, nil
}

func unknownRule(id string, err error) error {
	if errors.Is(err, alert.ErrNotFound) {
		return huma.Error404NotFound(fmt.Sprintf("no alert %q: GET /api/v1/alerts lists what there is", id))
	}
	return failed(err)
}

// guarded lets only the page itself and scripts change anything: a request that
// a browser sends for another site is refused, and so is a body that is not
// JSON, which such a site could send without asking.
func guarded(next http.Handler) http.Handler {
	jsonOnly := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		changes := strings.HasPrefix(r.URL.Path, "/api/") && (r.Method == http.MethodPost || r.Method == http.MethodPut)
		if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); changes && (err != nil || kind != "application/json") {
			http.Error(w, `want Content-Type: application/json`, http.StatusUnsupportedMediaType)
			return
		}
		next.ServeHTTP(w, r)
	})
	return http.NewCrossOriginProtection().Handler(jsonOnly)
}
