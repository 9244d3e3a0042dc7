package api

import (
	"sync"

	"halcyon/internal/alert"
	"halcyon/market"
)

// hubQueue is how many messages a browser may be behind. One that is further
// behind is disconnected: it asks again for what it needs when it comes back.
const hubQueue = 256

// Hub passes messages to every listener and waits for none. The zero value is
// ready to use; it is safe for concurrent use.
type Hub struct {
	mu        sync.Mutex
	listeners map[*listener]struct{}
}

// listener is one connection. Its channel is closed when it is too slow.
type listener struct{ queue chan any }

// columnMessage says that columns of an instrument have closed.
type columnMessage struct {
	Type   string `json:"type"`
	Venue  string `json:"venue"`
	Symbol string `json:"symbol"`
	To     int64  `json:"to"`
}

// alertMessage says that an alert has fired.
type alertMessage struct {
	Type string `json:"type"`
	alert.Firing
}

// Alert tells every listener that an alert has fired. It never blocks.
func (h *Hub) Alert(f alert.Firing) { h.say(alertMessage{"alert", f}) }

// Column tells every listener that an instrument's columns have closed up to
// an instant. It never blocks.
func (h *Hub) Column(id market.InstrumentID, to market.UnixMilli) {
	h.say(columnMessage{"column", string(id.Venue), id.Symbol, int64(to)})
}

func (h *Hub) say(m any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for l := range h.listeners {
		select {
		case l.queue <- m:
		default:
			delete(h.listeners, l)
			close(l.queue)
		}
	}
}

// listen adds a listener; leave ends it.
func (h *Hub) listen() (l *listener, leave func()) {
	l = &listener{make(chan any, hubQueue)}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.listeners == nil {
		h.listeners = map[*listener]struct{}{}
	}
	h.listeners[l] = struct{}{}
	return l, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.listeners, l)
	}
}
