package bybit

import (
	"context"
	"fmt"

	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
	"halcyon/internal/venue/frame"
)

var answerOfTrades = frame.Members{"result": frame.Inside, "list": frame.Data}

// pastTrades is recent-trade: side is the taker's.
var pastTrades = frame.Channel{Kind: frame.Trades, Members: frame.Members{"execId": frame.Name, "symbol": frame.Symbol, "price": frame.LastPrice,
	"size": frame.Size, "side": frame.TakerSide, "time": frame.EventTime}}

// missed asks for the last thousand trades, which is all that the venue tells.
// Source: bybit-exchange.github.io/docs/v5/market/recent-trade, read 2026-06.
func (c category) missed(ctx context.Context, rest *feed.REST, m feed.Missed) (found feed.Found, err error) {
	const most = 1000
	body, err := rest.Get(ctx, fmt.Sprintf("/v5/market/recent-trade?category=%s&symbol=%s&limit=%d", c, m.Symbol, most), 1)
	if err != nil {
		return found, err
	}
	var head frame.Item
	var out venue.Parsed
	if !answerOfTrades.ReadAll(body, &head) || !pastTrades.Add(&head.Data, &frame.Item{}, &out) {
		return found, fmt.Errorf("cannot read recent trades of %q: %w", m.Symbol, venue.ErrFrame)
	}
	found = feed.Newest(out.Ticks, most, m)
	return found, nil
}
