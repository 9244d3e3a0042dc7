package api

import (
	"context"
	"time"

	"halcyon/market"
)

// Live is what the server tells of venues that it is connected to. All three
// are required; functions are called from many goroutines and must not block.
type Live struct {
	// Hub passes on what happens; whoever runs the instruments tells it.
	Hub *Hub
	// Venues returns the state of every feed.
	Venues func() []VenueState
	// Forming returns the candles under way.
	Forming func() []FormingCandle
}

// VenueState is how one feed of a venue is doing.
type VenueState struct {
	Name    string `json:"name" example:"binance-usdm" doc:"the feed: one market of a venue"`
	Venue   string `json:"venue" example:"binance"`
	State   string `json:"state" enum:"idle,connecting,catching up,live,waiting" doc:"catching up: what was missed is being asked for; waiting: the last attempt failed, the next is at retry_at"`
	Since   int64  `json:"since" doc:"when the state was entered, UTC ms; 0: never connected"`
	Message string `json:"message" doc:"the last failure, while state is not live"`
	RetryAt int64  `json:"retry_at" doc:"UTC ms; 0 unless waiting"`
	// LimitedUntil is when the venue allows requests again.
	LimitedUntil int64             `json:"limited_until" doc:"when the venue allows requests again, UTC ms; 0 or past: it does"`
	LastEvent    int64             `json:"last_event" doc:"when the newest event arrived, UTC ms; 0: none yet"`
	LagMS        int64             `json:"lag_ms" doc:"the newest event's way from the venue's clock to ours; clocks differ, so it may be negative"`
	Reconnects   int64             `json:"reconnects" doc:"connections lost since the start"`
	Gaps         int64             `json:"gaps" doc:"spans with events missing since the start, over all instruments, the server's own downtime included"`
	Malformed    int64             `json:"malformed" doc:"frames that could not be read since the start"`
	Instruments  []VenueInstrument `json:"instruments"`
}

// VenueInstrument is how one instrument of a feed is doing.
type VenueInstrument struct {
	Symbol string `json:"symbol"`
	To     int64  `json:"to" doc:"end of the last closed column, UTC ms; 0: none yet"`
	LagMS  int64  `json:"lag_ms"`
	Gaps   int64  `json:"gaps"`
	Late   int64  `json:"late" doc:"events that came after their column had closed"`
	Error  string `json:"error" doc:"what is wrong now; empty where nothing is"`
}

// FormingCandle is the candle under way of one instrument: for the eye, it may
// differ from the column that it becomes.
type FormingCandle struct {
	Venue  string  `json:"venue"`
	Symbol string  `json:"symbol"`
	Time   int64   `json:"time"`
	Open   float64 `json:"open"`
	High   float64 `json:"high"`
	Low    float64 `json:"low"`
	Close  float64 `json:"close"`
	Volume float64 `json:"volume"`
	Mark   float64 `json:"mark"`
	// Received is when the frame of the newest trade arrived, by the server's clock.
	Received int64 `json:"received"`
}

// id names the candle's instrument.
func (c FormingCandle) id() market.InstrumentID {
	return market.InstrumentID{Venue: market.Venue(c.Venue), Symbol: c.Symbol}
}

type venuesAnswer struct {
	Body struct {
		Now    int64        `json:"now" doc:"the server's clock, UTC ms, which the states' times are by"`
		Venues []VenueState `json:"venues"`
	}
}

// venues answers GET /api/v1/venues; without live feeds the list is empty.
func (s *server) venues(context.Context, *struct{}) (*venuesAnswer, error) {
	out := &venuesAnswer{}
	out.Body.Now, out.Body.Venues = time.Now().UnixMilli(), []VenueState{}
	if s.Live != nil {
		out.Body.Venues = append(out.Body.Venues, s.Live.Venues()...)
	}
	return out, nil
}
