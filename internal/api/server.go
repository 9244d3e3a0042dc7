// Package api serves maps over HTTP: the JSON endpoints and tiles that
// docs/API.md describes, and the page itself. It reads through an atlas.Atlas
// and has no state of its own but the Status it is told. Handlers are safe for
// concurrent use.
package api

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/klauspost/compress/gzhttp"

	"halcyon/internal/atlas"
	"halcyon/internal/funding"
	"halcyon/internal/observed"
	"halcyon/liqmodel"
	"halcyon/market"
	"halcyon/scorecard"
)

// Options configure a Server.
type Options struct {
	// Atlas is what is served; required.
	Atlas *atlas.Atlas
	// Page is the built page, index.html at its root; required.
	Page fs.FS
	// Status answers GET /api/v1/status; required.
	Status func() Status
	// Origin says where the parameters come from that an instrument's map is
	// drawn with; nil tells nothing of them.
	Origin func(market.Listing) liqmodel.Origin
	// Track tells for GET /api/v1/record how an instrument's own past maps did,
	// those of its parts in sum where it is a combination;
	// the endpoint is left out where nil.
	Track func(ctx context.Context, id market.InstrumentID, parts []market.Listing) (scorecard.TrackRecord, error)
	// Docs are Markdown documents, served as pages under /docs/ ("MODEL.md" as
	// /docs/model); left out where nil.
	Docs fs.FS
	// Render draws a picture as PNG for GET /api/v1/render.png; the endpoint
	// is left out where nil.
	Render func(ctx context.Context, req RenderRequest) ([]byte, error)
	// Live is what there is to tell of live feeds; nil where there are none. The
	// stream is left out then.
	Live *Live
	// Observed returns the observed positions of an instrument, and false where
	// its venue tells none; the endpoint is left out where nil.
	Observed func(in market.Instrument) (observed.Book, bool)
	// Funding tells the funding rates of instruments; the endpoint is left out
	// where nil.
	Funding *funding.Rates
	// Liquidations returns the published liquidations of an instrument's UTC day,
	// rising; the CoinGlass-compatible path of single orders is left out where nil.
	Liquidations func(ctx context.Context, id market.InstrumentID, day market.UnixMilli) ([]market.Liquidation, error)
	// Metrics answers GET /metrics, for Prometheus; left out where nil.
	Metrics http.Handler
	// Alerts are the rules that users make; the endpoints are left out where nil.
	Alerts *Alerts
	// DefaultTiers is the margin table that the model assumes where a venue's
	// own is not known; required.
	DefaultTiers market.MarginTiers
	// Version is shown in the status and the OpenAPI document.
	Version string
}

// Status is the state of the server, for people.
type Status struct {
	State    string  `json:"state" enum:"preparing,ready,failed" doc:"preparing while data are being read at the first start"`
	Message  string  `json:"message" doc:"what is going on, what went wrong, or what a reader must know; empty where nothing"`
	Progress float64 `json:"progress" doc:"0..1 while preparing"`
	Version  string  `json:"version"`
	Live     bool    `json:"live" doc:"venues are connected to: GET /api/v1/stream pushes what they tell"`
}

type server struct{ Options }

// New returns the handler of the whole site.
func New(opt Options) (http.Handler, error) {
	if opt.Atlas == nil || opt.Page == nil || opt.Status == nil || len(opt.DefaultTiers) == 0 {
		return nil, fmt.Errorf("api options: Atlas, Page, Status and DefaultTiers are required: %w", market.ErrInvalid)
	}
	if l := opt.Live; l != nil && (l.Hub == nil || l.Venues == nil || l.Forming == nil) {
		return nil, fmt.Errorf("api options: Hub, Venues and Forming of Live are required: %w", market.ErrInvalid)
	}
	if opt.Origin == nil {
		opt.Origin = func(market.Listing) (none liqmodel.Origin) { return none }
	}
	s := &server{opt}
	mux := http.NewServeMux()
	config := huma.DefaultConfig("Halcyon", opt.Version)
	config.Info.Description = "Estimated liquidation levels. Amounts are estimates unless their name says observed or liquidated."
	// The documentation viewer would load scripts from elsewhere; the page makes no such request.
	config.DocsPath, config.SchemasPath = "", ""
	config.CreateHooks = nil
	api := humago.New(mux, config)
	huma.Get(api, "/api/v1/status", s.status)
	huma.Get(api, "/api/v1/instruments", s.instruments)
	huma.Get(api, "/api/v1/venues", s.venues)
	huma.Get(api, "/api/v1/columns", s.columns)
	huma.Get(api, "/api/v1/profile", s.profile)
	huma.Get(api, "/api/v1/shares", s.shares)
	if opt.Observed != nil {
		huma.Get(api, "/api/v1/observed", s.observed)
	}
	if opt.Funding != nil {
		huma.Get(api, "/api/v1/funding", s.funding)
	}
	huma.Get(api, "/api/v1/export", s.export)
	huma.Get(api, "/api/v1/screener", s.screener)
	huma.Get(api, "/api/v1/tiers", s.tiers)
	huma.Get(api, "/api/v1/tiles/{venue}/{symbol}/{level}/{x}/{y}", s.tile)
	if opt.Track != nil {
		huma.Get(api, "/api/v1/record", s.record)
	}
	if opt.Alerts != nil {
		s.serveAlerts(api)
	}
	if opt.Docs != nil {
		mux.HandleFunc("GET /docs/{name}", s.document)
		mux.HandleFunc("GET /docs/plots/{name}", s.picture)
	}
	if opt.Render != nil {
		huma.Get(api, "/api/v1/render.png", s.render)
	}
	s.serveCoinGlass(mux)
	mux.Handle("GET /", s.page())
	compressed, err := gzhttp.NewWrapper(gzhttp.MinSize(1024), gzhttp.CompressionLevel(1),
		gzhttp.ContentTypeFilter(func(ct string) bool { return !strings.HasPrefix(ct, "image/") }))
	if err != nil {
		return nil, fmt.Errorf("cannot set up compression: %w", err)
	}
	// A websocket takes the connection over, which a compressed answer cannot.
	site := http.NewServeMux()
	site.Handle("/", compressed(mux))
	if opt.Live != nil {
		site.HandleFunc("GET /api/v1/stream", s.stream)
	}
	if opt.Metrics != nil {
		site.Handle("GET /metrics", opt.Metrics)
	}
	return secured(guarded(site)), nil
}

// secured forbids the page every request to a third party, and other sites to
// frame it.
func secured(next http.Handler) http.Handler {
	const policy = "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		next.ServeHTTP(w, r)
	})
}

func (s *server) status(context.Context, *struct{}) (*struct{ Body Status }, error) {
	st := s.Status()
	st.Version, st.Live = s.Version, s.Live != nil
	return &struct{ Body Status }{st}, nil
}

// failed turns an error into the answer that fits: the caller's mistakes are
// told, ours are told apart.
func failed(err error) error {
	switch {
	case errors.Is(err, market.ErrInvalid):
		return huma.Error422UnprocessableEntity(err.Error())
	case errors.Is(err, context.Canceled):
		return huma.NewError(499, "the client went away")
	default:
		return huma.Error500InternalServerError(err.Error())
	}
}

// find returns the instrument asked for, or a 404 that says how to see which
// there are.
func (s *server) find(ctx context.Context, venue, symbol string) (atlas.Instrument, error) {
	id := market.InstrumentID{Venue: market.Venue(venue), Symbol: symbol}
	in, ok, err := s.Atlas.Instrument(ctx, id)
	if err != nil {
		return in, failed(err)
	}
	if !ok {
		return in, huma.Error404NotFound(fmt.Sprintf("no map of %q: GET /api/v1/instruments lists what there is", id.String()))
	}
	return in, nil
}
