package main

import (
	"sync"

	"halcyon/market"
)

// owners says who draws an instrument: the preparer, from what the lake holds,
// or the live runner, once it has taken it, for good. Never both. It is safe
// for concurrent use.
type owners struct {
	mu  sync.Mutex
	all map[market.InstrumentID]*owner
}

// owner is one instrument's; its lock is held while the preparer draws.
type owner struct {
	sync.Mutex
	live bool
}

func newOwners() *owners { return &owners{all: map[market.InstrumentID]*owner{}} }

func (o *owners) of(id market.InstrumentID) *owner {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.all[id] == nil {
		o.all[id] = &owner{}
	}
	return o.all[id]
}

// take makes an instrument the runner's. It waits until the preparer is done
// with it.
func (o *owners) take(id market.InstrumentID) {
	x := o.of(id)
	x.Lock()
	defer x.Unlock()
	x.live = true
}

// draw runs do, unless the runner has taken the instrument.
func (o *owners) draw(id market.InstrumentID, do func() error) error {
	x := o.of(id)
	x.Lock()
	defer x.Unlock()
	if x.live {
		return nil
	}
	return do()
}
