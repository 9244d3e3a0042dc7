package bitmex

import (
	"context"
	"fmt"

	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
	"halcyon/internal/venue/frame"
)

// missed asks for trades by time, a thousand at a time, oldest first.
// Source: www.bitmex.com/api/explorer, /trade, read 2026-06.
func missed(ctx context.Context, rest *feed.REST, m feed.Missed) (found feed.Found, err error) {
	const most = 1000
	found.From, found.To = m.From, m.From-1
	for start := 0; ; start += most {
		body, err := rest.Get(ctx, fmt.Sprintf("/api/v1/trade?symbol=%s&count=%d&start=%d&reverse=false&startTime=%s&endTime=%s",
			m.Symbol, most, start, moment(m.From), moment(m.To)), 1)
		if err != nil {
			return found, err
		}
		var out venue.Parsed
		s := venue.NewScan(body)
		if !trades.Add(&s, &frame.Item{}, &out) || !s.End() {
			return found, fmt.Errorf("cannot read past trades of %q: %w", m.Symbol, venue.ErrFrame)
		}
		found.Ticks = append(found.Ticks, out.Ticks...)
		if len(out.Ticks) < most {
			found.To = m.To
			return found, nil
		}
		found.To = out.Ticks[len(out.Ticks)-1].EventTime - 1
	}
}
