package binance

import (
	"context"
	"fmt"

	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
)

// missed asks for aggregated trades by their ids, a thousand at a time, oldest
// first; where no id is known, the first time by time.
// Source: developers.binance.com, "Compressed/Aggregate Trades List", USDⓈ-M
// and COIN-M, read 2026-06: 20 of weight.
func (f flavour) missed(ctx context.Context, rest *feed.REST, m feed.Missed) (found feed.Found, err error) {
	const most, weight = 1000, 20
	found.From, found.To = m.From, m.From-1
	after := fmt.Sprintf("fromId=%d", m.AfterID+1)
	if m.AfterID == 0 {
		after = fmt.Sprintf("startTime=%d", m.From)
	}
	for {
		body, err := rest.Get(ctx, fmt.Sprintf("%s/aggTrades?symbol=%s&%s&limit=%d", f.api, m.Symbol, after, most), weight)
		if err != nil {
			return found, err
		}
		ticks, err := parseAggTrades(m.Symbol, body)
		if err != nil {
			return found, err
		}
		found.Ticks = append(found.Ticks, ticks...)
		if len(ticks) < most {
			found.To = m.To
			return found, nil
		}
		last := ticks[len(ticks)-1]
		if found.To = last.EventTime - 1; found.To >= m.To || (m.BeforeID > 0 && last.LastID >= m.BeforeID-1) {
			found.To = m.To
			return found, nil
		}
		after = fmt.Sprintf("fromId=%d", last.LastID+1)
	}
}

// parseAggTrades reads an answer of aggTrades, whose members are those of the
// stream.
func parseAggTrades(symbol string, body []byte) ([]venue.Tick, error) {
	var out venue.Parsed
	s := venue.NewScan(body)
	for s.Open('['); s.More(']'); {
		ev := event{symbol: []byte(symbol)}
		for s.Open('{'); s.More('}'); {
			ev.member(&s, s.Key())
		}
		if s.Bad() || !ev.addTrade(&out) {
			s.Fail()
		}
	}
	if !s.End() {
		return nil, fmt.Errorf("cannot read aggTrades of %q: %w", symbol, venue.ErrFrame)
	}
	return out.Ticks, nil
}
