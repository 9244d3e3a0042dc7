package main

import (
	"slices"

	"halcyon/internal/api"
	"halcyon/internal/live"
	"halcyon/internal/venue"
	"halcyon/market"
)

// standing says how the live side stands, once everything else is prepared.
func (s *liveSide) standing() api.Status {
	live, closed := 0, false
	for _, f := range s.runner.Feeds() {
		if len(f.Instruments) > 0 {
			live++
		}
	}
	for _, in := range s.runner.Instruments() {
		closed = closed || in.To > 0
	}
	switch {
	case live == 0:
		return api.Status{State: "ready", Message: "no venue answers, trying again all the time: nothing here is live now", Progress: 1}
	case !closed:
		return api.Status{State: "preparing", Message: "connected; a map appears when the first minute has closed", Progress: 0.5}
	}
	return api.Status{State: "ready", Progress: 1}
}

// told is what the server tells of the live side.
func (s *liveSide) told() *api.Live {
	return &api.Live{Hub: s.hub, Venues: s.venues, Forming: s.forming}
}

func (s *liveSide) venues() (out []api.VenueState) {
	for _, f := range s.runner.Feeds() {
		out = append(out, venueState(f))
	}
	place := func(v api.VenueState) int {
		return slices.IndexFunc(s.feeds, func(f venue.Feed) bool { return f.Name() == v.Name })
	}
	slices.SortFunc(out, func(a, b api.VenueState) int { return place(a) - place(b) })
	return out
}

func venueState(f live.FeedStatus) api.VenueState {
	v := api.VenueState{
		Name: f.Name, Venue: string(venueNamed(f.Name)), State: string(f.Status), Since: int64(f.Since), Message: f.Err,
		RetryAt: int64(f.RetryAt), LimitedUntil: int64(f.LimitedUntil), LastEvent: int64(f.LastRecv),
		Reconnects: f.Counts.Disconnects, Malformed: f.Counts.Malformed, Instruments: []api.VenueInstrument{},
	}
	if f.LastRecv > 0 {
		v.LagMS = int64(f.LastRecv - f.LastEvent)
	}
	for _, in := range f.Instruments {
		v.Gaps += in.Gaps
		v.Instruments = append(v.Instruments, api.VenueInstrument{
			Symbol: in.ID.Symbol, To: int64(in.To), LagMS: int64(in.Lag), Gaps: in.Gaps, Late: in.Late, Error: in.Err,
		})
	}
	return v
}

func (s *liveSide) forming() (out []api.FormingCandle) {
	s.runner.Forming(func(id market.InstrumentID, c live.Forming) {
		out = append(out, api.FormingCandle{
			Venue: string(id.Venue), Symbol: id.Symbol, Time: int64(c.OpenTime),
			Open: float64(c.Open), High: float64(c.High), Low: float64(c.Low), Close: float64(c.Close),
			Volume: float64(c.Volume), Mark: float64(c.MarkPrice), Received: int64(c.Received),
		})
	})
	return out
}
