package binance

import (
	"bytes"
	"fmt"
	"io"

	"halcyon/internal/venue"
	"halcyon/market"
)

// The columns of a USD-M aggTrades file. Files before 2022-08-11 have no header.
const aggHeader = "agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker"

func detectAggTrades(f venue.File) venue.Match {
	line, _, _ := bytes.Cut(f.Head, []byte("\n"))
	_, _, err := parseAggRow(bytes.TrimSuffix(line, []byte("\r")))
	fits := err == nil || venue.HasHeader(f.Head, "agg_trade_id", "price", "quantity", "transact_time")
	switch named := f.Has("aggtrades"); {
	case named:
		return venue.Sure
	case fits:
		return venue.Maybe
	}
	return venue.No
}

// aggTrades reads aggTrades by hand: a busy day has millions of rows, and a
// year of a busy coin a billion. The usual row is read by scanRow without a
// branch that depends on its digits; whatever that does not take goes to
// parseAggRow, which knows every form and every fault.
type aggTrades struct {
	file   venue.File
	opt    venue.Options
	text   venue.Text
	symbol string
	step   market.Price

	block []byte // what is left of the present block
	row   int64  // lines consumed
	width layout

	batch     market.Trades // columns of full length
	n         int           // trades in the batch
	out       market.Trades // the batch as it was handed out
	first     market.UnixMilli
	last      market.UnixMilli // time of the last trade
	latest    market.UnixMilli
	ids       venue.IDRuns
	announced int64 // the id before which a gap has been reported
	queue     []market.Event
	counts    venue.Counts
	err       error
}

func openAggTrades(f venue.File, text venue.Text, opt venue.Options) (venue.Reader, error) {
	symbol, err := symbolOf(f, opt)
	if err != nil {
		return nil, err
	}
	r := &aggTrades{file: f, opt: opt, text: text, symbol: symbol, step: stepOf(f.Head, 1), announced: -1}
	r.batch = market.Trades{
		EventTime: make([]market.UnixMilli, venue.BatchRows),
		LastPrice: make([]market.Price, venue.BatchRows),
		Size:      make([]market.Contracts, venue.BatchRows),
		Taker:     make([]market.TakerSide, venue.BatchRows),
	}
	return r, nil
}

// Listing implements venue.Reader.
func (r *aggTrades) Listing() market.Listing { return listingOf(r.symbol, r.first, r.step) }

// Counts implements venue.Reader.
func (r *aggTrades) Counts() venue.Counts { return r.counts }

// Next implements venue.Reader.
func (r *aggTrades) Next() (market.Event, error) {
	for {
		if len(r.queue) > 0 {
			e := r.queue[0]
			r.queue = r.queue[1:]
			return e, nil
		}
		if r.err != nil {
			return nil, r.err
		}
		r.n = 0
		for r.n < venue.BatchRows && r.err == nil {
			if len(r.block) == 0 {
				r.nextBlock()
				continue
			}
			r.scan()
			if r.n < venue.BatchRows && len(r.block) > 0 && !r.slowRow() {
				break
			}
		}
		if r.err != nil && r.err != io.EOF {
			return nil, r.err
		}
		if r.n > 0 {
			r.out = *r.batch.Slice(0, r.n)
			return &r.out, nil
		}
	}
}

func (r *aggTrades) nextBlock() {
	r.block, r.err = r.text.Next()
	if r.err != io.EOF {
		return
	}
	if r.counts.Rows == 0 {
		r.err = venue.Empty(r.file.Path)
		return
	}
	if !r.opt.Ordered {
		for _, h := range r.ids.Holes() {
			r.hole(h)
		}
	}
}

// hole books a hole that is there to stay.
func (r *aggTrades) hole(h venue.Hole) {
	if !h.Big() {
		r.counts.MissingIDs += h.Missing
		return
	}
	from, to := h.Span()
	r.queue = append(r.queue, market.Gap{From: from, To: to, Reason: fmt.Sprintf("%d trade ids missing", h.Missing)})
}

// scan takes rows from the block for as long as they are plain: the id one
// more than the one before, time not falling, a quantity.
func (r *aggTrades) scan() {
	next, room := r.ids.Next()
	last, n, block := r.last, r.n, r.block
	started := n
	room = min(room, int64(venue.BatchRows-n))
	times, prices := r.batch.EventTime, r.batch.LastPrice
	sizes, takers := r.batch.Size, r.batch.Taker
	for room > 0 && len(block) >= scanAhead {
		row, used := scanRow(block, &r.width)
		if used == 0 || row.id != next || row.at < last || row.size == 0 {
			break
		}
		times[n], prices[n], sizes[n], takers[n] = row.at, row.price, row.size, row.taker
		n++
		next++
		room--
		last = row.at
		block = block[used:]
	}
	if taken := int64(n - started); taken > 0 {
		r.ids.Extend(taken, last)
		r.row += taken
		r.counts.Rows += taken
		r.last, r.latest = last, max(r.latest, last)
		r.n, r.block = n, block
	}
}

// slowRow takes one row of any form. It returns false where the batch must
// end before the row, or there is an error.
func (r *aggTrades) slowRow() bool {
	end := bytes.IndexByte(r.block, '\n')
	line := bytes.TrimSuffix(r.block[:end], []byte("\r"))
	switch {
	case len(bytes.TrimSpace(line)) == 0:
		r.consume(end)
		return true
	case r.row == 0 && line[0]-'0' > 9:
		if string(bytes.TrimSpace(line)) != aggHeader {
			r.err = &venue.InputError{File: r.file.Path, Row: 1, Field: "header", Got: string(line), Want: aggHeader}
			return false
		}
		r.consume(end)
		return true
	}
	row, width, err := parseAggRow(line)
	if err != nil {
		err.File, err.Row = r.file.Path, r.row+1
		r.err = err
		return false
	}
	if r.opt.Ordered && row.at < r.latest-venue.Tolerance {
		r.err = venue.OutOfOrder(r.file.Path, r.row+1, row.at, r.latest)
		return false
	}
	if r.n > 0 && row.at < r.last {
		return false // a batch never falls
	}
	if !r.sequence(row) {
		return false
	}
	r.width = width
	r.consume(end)
	r.counts.Rows++
	return true
}

func (r *aggTrades) consume(end int) {
	r.block = r.block[end+1:]
	r.row++
}

// sequence enters the row's id and takes the row, unless it is a duplicate or
// has no quantity. It returns false where a gap must be told before the row.
func (r *aggTrades) sequence(row aggRow) bool {
	fresh, jump := true, venue.Hole{}
	if r.announced != row.id {
		fresh, jump = r.ids.Add(row.id, row.at)
	}
	r.announced = -1
	if jump.Missing > 0 && r.opt.Ordered {
		r.hole(jump)
		if len(r.queue) > 0 {
			r.announced = row.id
			return false
		}
	}
	if r.counts.Rows == 0 {
		r.first = row.at
	} else if row.at < r.last {
		r.counts.Backwards++
	}
	r.last, r.latest = row.at, max(r.latest, row.at)
	switch {
	case !fresh:
		r.counts.Duplicates++
	case row.size == 0:
		r.counts.ZeroSize++
	default:
		r.batch.EventTime[r.n], r.batch.LastPrice[r.n] = row.at, row.price
		r.batch.Size[r.n], r.batch.Taker[r.n] = row.size, row.taker
		r.n++
	}
	return true
}
