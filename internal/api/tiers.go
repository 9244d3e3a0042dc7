package api

import (
	"context"
	"math"

	"halcyon/market"
)

type tiersRequest struct {
	Venue  string `query:"venue" required:"true" example:"hyperliquid"`
	Symbol string `query:"symbol" required:"true" example:"BTC"`
}

// tierAnswer is one row of a margin table. Cap is nil in the last one.
type tierAnswer struct {
	Floor                 float64  `json:"floor" doc:"position's notional from which the tier holds, quote"`
	Cap                   *float64 `json:"cap" doc:"and up to which, exclusive; null: no bound"`
	MaxLeverage           float64  `json:"max_leverage"`
	MaintenanceMarginRate float64  `json:"maintenance_margin_rate" doc:"fraction of notional"`
	MaintenanceAmount     float64  `json:"maintenance_amount" doc:"subtracted from notional times rate, quote"`
}

type tiersAnswer struct {
	Body struct {
		Venue        string       `json:"venue"`
		Symbol       string       `json:"symbol"`
		Quote        string       `json:"quote"`
		Settlement   string       `json:"settlement" enum:"linear,inverse"`
		ContractSize float64      `json:"contract_size" doc:"base coins (linear) or quote (inverse) per contract"`
		From         int64        `json:"from" doc:"instant from which the table is known to hold, UTC ms; 0: unknown"`
		Source       string       `json:"source" doc:"where the table is from"`
		Fallback     bool         `json:"fallback" doc:"the venue's own table is not known: this is the default that the model assumes"`
		Tiers        []tierAnswer `json:"tiers"`
	}
}

// tiers answers GET /api/v1/tiers: the margin table of an instrument, and the
// facts of its contract that a margin calculation needs.
func (s *server) tiers(ctx context.Context, req *tiersRequest) (*tiersAnswer, error) {
	in, err := s.find(ctx, req.Venue, req.Symbol)
	if err != nil {
		return nil, err
	}
	out := &tiersAnswer{}
	b := &out.Body
	b.Venue, b.Symbol, b.Quote = string(in.Venue), in.Symbol, in.Quote
	b.Settlement, b.ContractSize = in.Settlement.String(), in.ContractSize
	b.From, b.Source = int64(in.TiersFrom), tiersSource(in.Listing)
	table := in.Tiers
	if len(table) == 0 {
		table, b.Fallback, b.From = s.DefaultTiers, true, 0
	}
	b.Tiers = make([]tierAnswer, len(table))
	for i, t := range table {
		row := tierAnswer{float64(t.NotionalFloor), nil, float64(t.MaxLeverage), float64(t.MaintenanceMarginRate), float64(t.MaintenanceAmount)}
		if limit := float64(t.NotionalCap); !math.IsInf(limit, 1) {
			row.Cap = &limit
		}
		b.Tiers[i] = row
	}
	return out, nil
}

// tiersSource says in a few words where a listing's margin table is from.
func tiersSource(l market.Listing) string {
	switch {
	case len(l.Tiers) == 0:
		return "Halcyon's default: the venue's table is not known"
	case l.TiersSource != "":
		return l.TiersSource
	case l.Provenance == market.Simulated:
		return "the simulated venue"
	case l.Provenance == market.Live:
		return "the venue, asked when its feed started"
	default:
		return "stored with the recording"
	}
}
