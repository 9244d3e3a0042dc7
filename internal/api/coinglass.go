package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"halcyon/internal/atlas"
	"halcyon/market"
)

// The paths below /api/futures/liquidation are those of CoinGlass's API v4, so
// that what was written for it can be pointed here: the same parameters, the same
// envelope, the same members. docs/API.md says what each of ours means. A key
// (header CG-API-KEY) is neither asked for nor looked at.

// glassQuery is what was asked for: the query, and the model of a heatmap.
type glassQuery struct {
	url.Values
	model string
}

// glassError is answered in the envelope; its code is an HTTP status.
type glassError struct {
	code    int
	message string
}

func (e glassError) Error() string { return e.message }

func glassBad(format string, args ...any) error {
	return glassError{http.StatusBadRequest, fmt.Sprintf(format, args...)}
}

func glassMissing(format string, args ...any) error {
	return glassError{http.StatusNotFound, fmt.Sprintf(format, args...)}
}

// serveCoinGlass registers the compatible paths.
func (s *server) serveCoinGlass(mux *http.ServeMux) {
	const root = "/api/futures/liquidation/"
	for path, answer := range map[string]func(context.Context, glassQuery) (any, error){
		"heatmap/{model}":            s.glassPairHeatmap,
		"aggregated-heatmap/{model}": s.glassCoinHeatmap,
		"map":                        s.glassPairMap,
		"aggregated-map":             s.glassCoinMap,
		"max-pain":                   s.glassMaxPain,
		"history":                    s.glassPairHistory,
		"aggregated-history":         s.glassCoinHistory,
		"coin-list":                  s.glassCoinList,
		"exchange-list":              s.glassExchangeList,
		"order":                      s.glassOrders,
	} {
		mux.HandleFunc("GET "+root+path, func(w http.ResponseWriter, r *http.Request) {
			data, err := answer(r.Context(), glassQuery{r.URL.Query(), r.PathValue("model")})
			if err != nil {
				glassFail(w, err)
				return
			}
			glassWrite(w, http.StatusOK, map[string]any{"code": "0", "msg": "success", "data": data})
		})
	}
	mux.HandleFunc("GET "+root, func(w http.ResponseWriter, r *http.Request) {
		glassFail(w, glassMissing("no path %s", r.URL.Path))
	})
}

// decimal writes a number as text, as some members want it.
func decimal(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

func glassFail(w http.ResponseWriter, err error) {
	failure := glassError{http.StatusInternalServerError, err.Error()}
	if !errors.As(err, &failure) && errors.Is(err, market.ErrInvalid) {
		failure.code = http.StatusBadRequest
	}
	glassWrite(w, failure.code, map[string]any{"code": strconv.Itoa(failure.code), "msg": failure.message})
}

func glassWrite(w http.ResponseWriter, status int, envelope map[string]any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-cache")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(envelope) // a client that has left is no fault
}

// glassVenues are venues as CoinGlass writes them; others are written as we do.
var glassVenues = map[market.Venue]string{
	"binance": "Binance", "okx": "OKX", "bybit": "Bybit", "bitget": "Bitget", "gate": "Gate", "hyperliquid": "Hyperliquid",
	"deribit": "Deribit", "kraken": "Kraken", "bitmex": "Bitmex",
}

func glassVenue(v market.Venue) string { return cmp.Or(glassVenues[v], string(v)) }

// singles returns the instruments that are no combinations, by venue and symbol.
func (s *server) singles(ctx context.Context) ([]atlas.Instrument, error) {
	found, err := s.Atlas.Instruments(ctx)
	return slices.DeleteFunc(found, func(in atlas.Instrument) bool { return in.Parts != nil }), err
}

// pair returns the instrument that exchange and symbol name, in any case.
func (s *server) pair(ctx context.Context, q glassQuery) (atlas.Instrument, error) {
	exchange, symbol := q.Get("exchange"), q.Get("symbol")
	if exchange == "" || symbol == "" {
		return atlas.Instrument{}, glassBad("want exchange and symbol, such as exchange=Binance&symbol=BTCUSDT")
	}
	found, err := s.singles(ctx)
	if err != nil {
		return atlas.Instrument{}, err
	}
	for _, in := range found {
		if strings.EqualFold(string(in.Venue), exchange) && strings.EqualFold(in.Symbol, symbol) {
			return in, nil
		}
	}
	return atlas.Instrument{}, glassMissing("no map of %s on %s: GET /api/v1/instruments lists what there is", symbol, exchange)
}

// coin returns a coin over the exchanges that a list names and that have it,
// over all of them where the list is empty.
func (s *server) coin(ctx context.Context, symbol, exchanges string) (atlas.Instrument, error) {
	if symbol == "" {
		return atlas.Instrument{}, glassBad("want symbol, a coin such as BTC")
	}
	found, err := s.singles(ctx)
	if err != nil {
		return atlas.Instrument{}, err
	}
	wanted := strings.Split(exchanges, ",")
	var venues []string
	for _, in := range found {
		named := exchanges == "" || slices.ContainsFunc(wanted, func(name string) bool { return strings.EqualFold(strings.TrimSpace(name), string(in.Venue)) })
		if named && strings.EqualFold(in.Coin, symbol) && !slices.Contains(venues, string(in.Venue)) {
			venues = append(venues, string(in.Venue))
		}
	}
	// Simulated instruments are left out of what is real, if any is.
	id := market.InstrumentID{Venue: "all", Symbol: strings.ToUpper(symbol)}
	if exchanges != "" {
		id.Venue = market.Venue(strings.Join(venues, "+"))
	}
	if len(venues) > 0 {
		if in, ok, err := s.Atlas.Instrument(ctx, id); err != nil || ok {
			return in, err
		}
	}
	return atlas.Instrument{}, glassMissing("no map of the coin %s on %s: GET /api/v1/instruments lists what there is", symbol, cmp.Or(exchanges, "any exchange"))
}

// glassSpans are ranges and intervals by name.
var glassSpans = map[string]market.UnixMilli{
	"1m": market.Minute, "3m": 3 * market.Minute, "5m": 5 * market.Minute, "15m": 15 * market.Minute, "30m": 30 * market.Minute,
	"1h": market.Hour, "4h": 4 * market.Hour, "6h": 6 * market.Hour, "8h": 8 * market.Hour, "12h": 12 * market.Hour, "24h": market.Day, "48h": 2 * market.Day,
	"1d": market.Day, "3d": 3 * market.Day, "7d": 7 * market.Day, "1w": 7 * market.Day, "14d": 14 * market.Day, "30d": 30 * market.Day,
	"90d": 90 * market.Day, "180d": 180 * market.Day, "1y": 365 * market.Day,
}

// span reads a range or an interval, one of those allowed; the first where none
// is given.
func (q glassQuery) span(name string, allowed ...string) (market.UnixMilli, error) {
	value := cmp.Or(q.Get(name), allowed[0])
	if !slices.Contains(allowed, value) {
		return 0, glassBad("%s %q: want %s", name, value, strings.Join(allowed, ", "))
	}
	return glassSpans[value], nil
}

// number reads a number at least 0; fallback where none is given.
func (q glassQuery) number(name string, fallback float64) (float64, error) {
	if q.Get(name) == "" {
		return fallback, nil
	}
	x, err := strconv.ParseFloat(q.Get(name), 64)
	if err != nil || !(x >= 0) || x > 1e18 {
		return 0, glassBad("%s %q: want a number, at least 0", name, q.Get(name))
	}
	return x, nil
}
