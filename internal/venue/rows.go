package venue

import (
	"io"

	"halcyon/market"
)

// RowReader is a Reader made of a function that reads one row. It gathers
// trades into batches, keeps the order that Options ask for, and finds
// silences.
type RowReader struct {
	file    File
	ordered bool
	listing market.Listing
	silence Silence
	row     func() int64
	read    func(*RowReader) error

	batch  market.Trades
	held   heldTrade
	queue  []market.Event
	counts Counts
	latest market.UnixMilli // the latest time so far
	last   market.UnixMilli // the time of the event before
	err    error            // what Next returns once the queue is empty
}

type heldTrade struct {
	ok    bool
	at    market.UnixMilli
	price market.Price
	size  market.Contracts
	taker market.TakerSide
}

// RowSource is what a RowReader is made of.
type RowSource struct {
	// File and Options are those that the format was opened with.
	File    File
	Options Options
	// Listing describes the instrument as far as it is known. Read may fill in
	// the rest while it reads the first row.
	Listing market.Listing
	// Silence is the longest silence that is no gap; zero for none.
	Silence Silence
	// Row returns the number of the row that was read last.
	Row func() int64
	// Read reads one row and hands its events to the reader, by Emit, Trade
	// and Skip. The error is io.EOF at the end.
	Read func(*RowReader) error
}

// NewRowReader returns a reader over the source.
func NewRowReader(src RowSource) *RowReader {
	return &RowReader{file: src.File, ordered: src.Options.Ordered, listing: src.Listing, silence: src.Silence,
		row: src.Row, read: src.Read}
}

// Listing implements Reader.
func (r *RowReader) Listing() market.Listing { return r.listing }

// SetListing replaces the listing, from the first row on.
func (r *RowReader) SetListing(l market.Listing) { r.listing = l }

// Counts implements Reader.
func (r *RowReader) Counts() Counts { return r.counts }

// First reports whether no row has been read before the present one.
func (r *RowReader) First() bool { return r.counts.Rows == 0 }

// Skip counts a row that is passed over, in one of the fields of Counts.
func (r *RowReader) Skip(count func(*Counts)) { count(&r.counts) }

// Trade hands over one trade.
func (r *RowReader) Trade(at market.UnixMilli, p market.Price, q market.Contracts, taker market.TakerSide) {
	r.see(at)
	if len(r.queue) > 0 || (r.batch.Len() > 0 && at < r.batch.EventTime[r.batch.Len()-1]) {
		r.held = heldTrade{true, at, p, q, taker}
		return
	}
	r.batch.Append(at, p, q, taker)
}

// Emit hands over an event that is not a trade.
func (r *RowReader) Emit(e market.Event) {
	r.see(e.Time())
	r.queue = append(r.queue, e)
}

// see keeps the books of time for the row at hand.
func (r *RowReader) see(at market.UnixMilli) {
	if gap := r.silence.Add(at); r.ordered && gap.To > gap.From {
		r.queue = append(r.queue, gap)
	}
	if at < r.last {
		r.counts.Backwards++
	}
	if r.ordered && at < r.latest-Tolerance && r.err == nil {
		r.err = OutOfOrder(r.file.Path, r.row(), at, r.latest)
	}
	r.last, r.latest = at, max(r.latest, at)
}

// OutOfOrder is the fault of a row that lies too far back for a file that is
// read in order.
func OutOfOrder(file string, row int64, at, latest market.UnixMilli) error {
	return &InputError{File: file, Row: row, Field: "time", Got: at.String(),
		Want: "a time not more than 10 s before " + latest.String() + ", read already; `halcyon import` sorts such a file"}
}

// Next implements Reader.
func (r *RowReader) Next() (market.Event, error) {
	if len(r.queue) > 0 {
		return r.pop(), nil
	}
	r.batch.Reset()
	if h := r.held; h.ok {
		r.held.ok = false
		r.batch.Append(h.at, h.price, h.size, h.taker)
	}
	for r.err == nil && r.batch.Len() < BatchRows && len(r.queue) == 0 && !r.held.ok {
		if err := r.read(r); err != nil {
			r.end(err)
		} else {
			r.counts.Rows++
		}
	}
	if r.err != nil && r.err != io.EOF {
		return nil, r.err
	}
	if r.batch.Len() > 0 {
		return &r.batch, nil
	}
	if len(r.queue) > 0 {
		return r.pop(), nil
	}
	return nil, r.err
}

func (r *RowReader) pop() market.Event {
	e := r.queue[0]
	r.queue = r.queue[:copy(r.queue, r.queue[1:])]
	return e
}

// end takes note of the last row.
func (r *RowReader) end(err error) {
	r.err = err
	switch {
	case err != io.EOF:
	case r.counts.Rows == 0:
		r.err = Empty(r.file.Path)
	case !r.ordered:
		for _, gap := range r.silence.Gaps() {
			r.queue = append(r.queue, gap)
		}
	}
}
