package gate

import (
	"context"
	"fmt"

	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
	"halcyon/internal/venue/frame"
	"halcyon/market"
)

// pastTrades is the answer of trades: ids are those of the stream, and
// create_time_ms, in spite of its name, is in seconds with a fraction.
var pastTrades = frame.Channel{Kind: frame.Trades, Members: frame.Members{"contract": frame.Symbol, "create_time_ms": frame.RoughTime, "id": frame.ID,
	"price": frame.LastPrice, "size": frame.SignedSize}}

// missed asks for trades by time, in whole seconds, a thousand at a time,
// newest first.
// Source: www.gate.com/docs/developers/apiv4, "Futures market transaction
// records", read 2026-06.
func missed(ctx context.Context, rest *feed.REST, m feed.Missed) (found feed.Found, err error) {
	const most = 1000
	found.From, found.To = m.To+1, m.To
	for offset := 0; ; offset += most {
		body, err := rest.Get(ctx, fmt.Sprintf("/api/v4/futures/usdt/trades?contract=%s&from=%d&to=%d&limit=%d&offset=%d",
			m.Symbol, m.From/market.Second, m.To/market.Second+1, most, offset), 1)
		if err != nil {
			return found, err
		}
		var out venue.Parsed
		s := venue.NewScan(body)
		if !pastTrades.Add(&s, &frame.Item{}, &out) || !s.End() {
			return found, fmt.Errorf("cannot read past trades of %q: %w", m.Symbol, venue.ErrFrame)
		}
		found.Ticks = append(found.Ticks, out.Ticks...)
		if len(out.Ticks) < most {
			found.From = m.From
			return found, nil
		}
		found.From = out.Ticks[len(out.Ticks)-1].EventTime + 1
	}
}
