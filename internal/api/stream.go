package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"

	"halcyon/market"
)

// How the stream keeps time.
const (
	// formingEvery is the time between two looks at candles: a part of the way
	// from a venue's frame to the pixel.
	formingEvery = 50 * time.Millisecond
	// statesEvery is the time between two looks at states of venues.
	statesEvery = 500 * time.Millisecond
	// venuesEvery is the time between two messages of unchanged states.
	venuesEvery = 5 * time.Second
	// streamWrite is how long a browser may take to accept a message.
	streamWrite = 5 * time.Second
)

type formingMessage struct {
	Type    string          `json:"type"`
	Candles []FormingCandle `json:"candles"`
}

type venuesMessage struct {
	Type string `json:"type"`
	// Now is the server's clock, which the states' times are by.
	Now    int64        `json:"now"`
	Venues []VenueState `json:"venues"`
}

// watchMessage is what a browser says: of which instruments, as venue:symbol,
// it wants candles. Until it does it is sent those of all.
type watchMessage struct {
	Type        string   `json:"type"`
	Instruments []string `json:"instruments"`
}

// stream answers GET /api/v1/stream: it pushes closed columns, forming candles,
// venue states and fired alerts to one browser until either side leaves. It is never waited
// for: one that does not keep up is disconnected.
func (s *server) stream(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		return // Accept has answered
	}
	defer conn.CloseNow()
	ctx, leave := context.WithCancel(r.Context())
	defer leave()
	p := &push{
		conn: conn, live: s.Live, watch: make(chan map[market.InstrumentID]bool),
		candles: map[market.InstrumentID]FormingCandle{}, states: map[string]string{},
	}
	// Reading answers the browser's pings too, and sees it leave.
	go func() {
		defer leave()
		p.hear(ctx)
	}()
	reason, status := "the server stops", websocket.StatusGoingAway
	if !p.run(ctx) {
		reason, status = "too slow: connect again", websocket.StatusPolicyViolation
	}
	if r.Context().Err() != nil || ctx.Err() == nil {
		_ = conn.Close(status, reason) // it may be gone already
	}
}

// push is one browser's connection and what it has been told.
type push struct {
	conn *websocket.Conn
	live *Live
	// watch brings whose candles are wanted from now on.
	watch   chan map[market.InstrumentID]bool
	watched map[market.InstrumentID]bool // nil: all
	candles map[market.InstrumentID]FormingCandle
	states  map[string]string
	// told is when the states were sent last, looked when they were looked at.
	told, looked time.Time
}

// hear passes on what the browser asks for, until it leaves or cannot be understood.
func (p *push) hear(ctx context.Context) {
	for {
		var m watchMessage
		if wsjson.Read(ctx, p.conn, &m) != nil {
			return
		}
		if m.Type != "watch" {
			_ = p.conn.Close(websocket.StatusPolicyViolation, "only watch is understood")
			return
		}
		wanted := map[market.InstrumentID]bool{}
		for _, name := range m.Instruments {
			venue, symbol, _ := strings.Cut(name, ":")
			wanted[market.InstrumentID{Venue: market.Venue(venue), Symbol: symbol}] = true
		}
		select {
		case p.watch <- wanted:
		case <-ctx.Done():
			return
		}
	}
}

// run pushes until ctx is done; it returns false where the browser was too slow.
func (p *push) run(ctx context.Context) bool {
	l, leave := p.live.Hub.listen()
	defer leave()
	tick := time.NewTicker(formingEvery)
	defer tick.Stop()
	for ok := p.look(ctx); ok; {
		select {
		case <-ctx.Done():
			return true
		case m, open := <-l.queue:
			ok = open && p.send(ctx, m)
		case p.watched = <-p.watch:
			// Who begins to watch is told how things stand.
			clear(p.candles)
			ok = p.look(ctx)
		case <-tick.C:
			ok = p.look(ctx)
		}
	}
	return ctx.Err() != nil
}

// look sends the candles that have changed, and the states when one has or
// some time has passed.
func (p *push) look(ctx context.Context) bool {
	var changed []FormingCandle
	for _, c := range p.live.Forming() {
		id := c.id()
		if p.candles[id] != c && (p.watched == nil || p.watched[id]) {
			p.candles[id] = c
			changed = append(changed, c)
		}
	}
	if len(changed) > 0 && !p.send(ctx, formingMessage{"forming", changed}) {
		return false
	}
	if time.Since(p.looked) < statesEvery {
		return true
	}
	p.looked = time.Now()
	venues := p.live.Venues()
	due := time.Since(p.told) >= venuesEvery
	for _, v := range venues {
		if p.states[v.Name] != v.State {
			p.states[v.Name], due = v.State, true
		}
	}
	if !due {
		return true
	}
	p.told = time.Now()
	return p.send(ctx, venuesMessage{"venues", p.told.UnixMilli(), append([]VenueState{}, venues...)})
}

func (p *push) send(ctx context.Context, message any) bool {
	ctx, cancel := context.WithTimeout(ctx, streamWrite)
	defer cancel()
	return wsjson.Write(ctx, p.conn, message) == nil
}
