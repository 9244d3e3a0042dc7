package hyperliquid

import (
	"context"
	"fmt"

	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
	"halcyon/internal/venue/frame"
)

// missed asks for the most recent trades, which are few: the venue publishes
// no others over REST. It names no number; ten come today, and fewer would
// only make the time that counts as known shorter.
// Source: hyperliquid.gitbook.io, "Info endpoint", recentTrades as its own page
// uses it, read 2026-06.
func missed(ctx context.Context, rest *feed.REST, m feed.Missed) (found feed.Found, err error) {
	const weight = 20
	body, err := rest.Post(ctx, "/info", fmt.Appendf(nil, `{"type":"recentTrades","coin":%q}`, m.Symbol), weight)
	if err != nil {
		return found, err
	}
	var out venue.Parsed
	s := venue.NewScan(body)
	if !trades.Add(&s, &frame.Item{}, &out) || !s.End() {
		return found, fmt.Errorf("cannot read recent trades of %q: %w", m.Symbol, venue.ErrFrame)
	}
	return feed.Newest(out.Ticks, 0, m), nil
}
