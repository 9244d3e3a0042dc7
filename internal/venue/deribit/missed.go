package deribit

import (
	"context"
	"fmt"

	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
	"halcyon/internal/venue/frame"
)

// answerOfTrades is {"result":{"trades":[...],"has_more":true}}.
var answerOfTrades = frame.Members{"result": frame.Inside, "trades": frame.Data}

// missed asks for trades by time, a thousand at a time, oldest first; the next
// page begins at the last moment of the one before, whose trades it repeats.
// Source: docs.deribit.com, public/get_last_trades_by_instrument_and_time, read
// 2026-06.
func missed(ctx context.Context, rest *feed.REST, m feed.Missed) (found feed.Found, err error) {
	const most = 1000
	found.From, found.To = m.From, m.From-1
	for from := m.From; ; {
		body, err := rest.Get(ctx, fmt.Sprintf("/api/v2/public/get_last_trades_by_instrument_and_time?instrument_name=%s&start_timestamp=%d&end_timestamp=%d&count=%d&sorting=asc",
			m.Symbol, from, m.To, most), 1)
		if err != nil {
			return found, err
		}
		var head frame.Item
		var out venue.Parsed
		if !answerOfTrades.ReadAll(body, &head) || !trades(&head.Data, &out) {
			return found, fmt.Errorf("cannot read past trades of %q: %w", m.Symbol, venue.ErrFrame)
		}
		found.Ticks = append(found.Ticks, out.Ticks...)
		if len(out.Ticks) < most {
			found.To = m.To
			return found, nil
		}
		last := out.Ticks[len(out.Ticks)-1].EventTime
		found.To = last - 1
		if last == from { // more in a millisecond than can be asked for
			return found, nil
		}
		from = last
	}
}
