package live

import (
	"sync"
	"time"

	"halcyon/internal/eventlog"
	"halcyon/market"
)

// InstrumentStatus is how one instrument is doing.
type InstrumentStatus struct {
	ID market.InstrumentID
	// To is the end of the last closed column, 0 before the first.
	To market.UnixMilli
	// Seq is the last message of the log taken in, and Stored when the log took it.
	Seq    uint64
	Stored time.Time
	// Lag is the newest event's way from the venue's clock to ours, in ms. It
	// holds the difference of the clocks and may be negative.
	Lag market.UnixMilli
	// Events is what the feed has emitted since the start, batches counted
	// once; Gaps those of them that say that something is missing.
	Events, Gaps int64
	// Late counts events and trades that came after their place.
	Late int64
	// Backlog is what waits for the log, in trades.
	Backlog int
	// Saves and Failures count writings to the lake; SaveTime is how long the
	// last one took.
	Saves, Failures int64
	SaveTime        time.Duration
	// Err is what is wrong now, in a line; "" where nothing is.
	Err string
}

// status collects what the instrument's goroutine has to tell.
type status struct {
	mu  sync.Mutex
	now InstrumentStatus
	// failure ended the instrument's last run; saveErr is the last save's.
	failure, saveErr string
}

func (s *status) took(m eventlog.Message, to market.UnixMilli, late int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now.Seq, s.now.Stored, s.now.To, s.now.Late = m.Seq, m.Stored, to, late
}

func (s *status) saved(err error, cost time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now.Saves++
	s.now.SaveTime, s.saveErr = cost, ""
	if err != nil {
		s.now.Failures++
		s.saveErr = err.Error()
	}
}

// restored notes that the instrument runs, with columns up to an instant.
func (s *status) restored(to market.UnixMilli) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failure, s.now.To = "", to
}

func (s *status) failed(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failure = err.Error()
}

// report returns the status with the publisher's part of it.
func (s *status) report(p *publisher) InstrumentStatus {
	s.mu.Lock()
	out := s.now
	out.Err = s.failure
	if out.Err == "" {
		out.Err = s.saveErr
	}
	s.mu.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	out.ID, out.Lag, out.Events, out.Gaps, out.Backlog = p.id, p.lag, p.events, p.gaps, p.weight
	if out.Err == "" {
		out.Err = p.err
	}
	return out
}
