package okx

import (
	"context"
	"fmt"

	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
	"halcyon/internal/venue/frame"
)

// missed asks for trades by their ids, a hundred at a time, newest first;
// "after" asks for what is older. Each has an id of its own; the stream adds
// several up.
// Source: www.okx.com/docs-v5, "Get trades history", read 2026-06: three
// months, 20 requests in 2 s.
func missed(ctx context.Context, rest *feed.REST, m feed.Missed) (found feed.Found, err error) {
	const most = 100
	found.From, found.To = m.To+1, m.To
	after := ""
	if m.BeforeID > 0 {
		after = fmt.Sprintf("&after=%d", m.BeforeID)
	}
	for {
		body, err := rest.Get(ctx, fmt.Sprintf("/api/v5/market/history-trades?instId=%s&type=1&limit=%d%s", m.Symbol, most, after), 1)
		if err != nil {
			return found, err
		}
		var head frame.Item
		var out venue.Parsed
		if !envelope.ReadAll(body, &head) || !channels["trades"].Add(&head.Data, &frame.Item{}, &out) {
			return found, fmt.Errorf("cannot read past trades of %q: %w", m.Symbol, venue.ErrFrame)
		}
		found.Ticks = append(found.Ticks, out.Ticks...)
		if len(out.Ticks) < most {
			found.From = m.From
			return found, nil
		}
		oldest := out.Ticks[0]
		for _, t := range out.Ticks {
			if t.LastID < oldest.LastID {
				oldest = t
			}
		}
		if oldest.LastID <= m.AfterID+1 || oldest.EventTime < m.From {
			found.From = m.From
			return found, nil
		}
		found.From = oldest.EventTime + 1
		after = fmt.Sprintf("&after=%d", oldest.LastID)
	}
}
