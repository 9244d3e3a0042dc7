package venue

import (
	"cmp"
	"slices"

	"halcyon/market"
)

// IDRuns is the set of ids that a file has shown so far, kept as runs of
// consecutive ids. It finds duplicates exactly and, at the end, every hole,
// whatever the order of rows. Memory is 32 bytes a hole. The zero value is empty.
type IDRuns struct {
	runs []idRun // by rising id, never touching
	at   int     // the run that grew last
}

type idRun struct {
	first, last     int64
	firstAt, lastAt market.UnixMilli
}

// Hole is a span of ids that are missing.
type Hole struct {
	// Missing is the number of ids, > 0.
	Missing int64
	// From and To are the times of the rows before and behind the hole; rows
	// out of order can make To the smaller.
	From, To market.UnixMilli
}

// Gap bounds: a hole at least this long in time or number is a Gap, a smaller
// one is only counted. A venue's own numbering skips a few ids now and then.
const (
	GapTime = 60 * market.Second
	GapIDs  = 1000
)

// Big reports whether the hole is worth a Gap.
func (h Hole) Big() bool { return h.Missing > GapIDs || h.To-h.From > GapTime }

// Span returns the hole as a span of time that is not empty.
func (h Hole) Span() (from, to market.UnixMilli) { return h.From, max(h.To, h.From+1) }

// Add enters an id and reports whether it is new. jump is the hole between
// the greatest id so far and this one, where there is one.
func (r *IDRuns) Add(id int64, at market.UnixMilli) (fresh bool, jump Hole) {
	if len(r.runs) == 0 {
		r.runs = append(r.runs, idRun{id, id, at, at})
		return true, Hole{}
	}
	if run := &r.runs[r.at]; id == run.last+1 && (r.at+1 == len(r.runs) || r.runs[r.at+1].first > id+1) {
		run.last, run.lastAt = id, at
		return true, Hole{}
	}
	if top := r.runs[len(r.runs)-1]; id > top.last+1 {
		jump = Hole{id - top.last - 1, top.lastAt, at}
	}
	return r.insert(id, at), jump
}

// insert enters an id that does not simply go on where the last one was.
func (r *IDRuns) insert(id int64, at market.UnixMilli) bool {
	// i is the first run that begins after id.
	i, _ := slices.BinarySearchFunc(r.runs, id, func(run idRun, id int64) int { return cmp.Or(cmp.Compare(run.first, id), -1) })
	if i > 0 && r.runs[i-1].last >= id {
		return false
	}
	joinsLeft := i > 0 && r.runs[i-1].last == id-1
	joinsRight := i < len(r.runs) && r.runs[i].first == id+1
	switch {
	case joinsLeft && joinsRight:
		r.runs[i-1].last, r.runs[i-1].lastAt = r.runs[i].last, r.runs[i].lastAt
		r.runs = slices.Delete(r.runs, i, i+1)
		r.at = i - 1
	case joinsLeft:
		r.runs[i-1].last, r.runs[i-1].lastAt = id, at
		r.at = i - 1
	case joinsRight:
		r.runs[i].first, r.runs[i].firstAt = id, at
		r.at = i
	default:
		r.runs = slices.Insert(r.runs, i, idRun{id, id, at, at})
		r.at = i
	}
	return true
}

// Extend is Add for the usual case: it takes n ids that follow the last one
// added, seen up to time at. The caller has checked that they do, by Next.
func (r *IDRuns) Extend(n int64, at market.UnixMilli) {
	r.runs[r.at].last += n
	r.runs[r.at].lastAt = at
}

// Next returns the id that would follow the last one added and how many ids
// from there on are known to be new; 0 and 0 for an empty set.
func (r *IDRuns) Next() (id, room int64) {
	if len(r.runs) == 0 {
		return 0, 0
	}
	next := r.runs[r.at].last + 1
	if r.at+1 == len(r.runs) {
		return next, 1 << 62
	}
	return next, r.runs[r.at+1].first - next - 1
}

// Holes returns the holes between the runs, by rising id.
func (r *IDRuns) Holes() []Hole {
	var out []Hole
	for i := 1; i < len(r.runs); i++ {
		a, b := r.runs[i-1], r.runs[i]
		out = append(out, Hole{b.first - a.last - 1, a.lastAt, b.firstAt})
	}
	return out
}

// Silence finds spans of a feed without a row, whatever the order of rows.
// The zero value finds none.
type Silence struct {
	// Limit is the longest span that is no gap; 0 turns the search off.
	Limit market.UnixMilli
	// Spacings makes the limit grow with the feed's own mean spacing of rows:
	// a silence must also be longer than Spacings of them, and fewer rows than
	// that say nothing. Default 0. For
	// trades, which come at random, a silence of k mean spacings has a chance
	// of about exp(-k).
	Spacings float64
	// Lead is the span before its time that a row itself covers, and which is
	// no part of the gap before it: a candle's length less 1. Default 0.
	Lead market.UnixMilli
	// Reason is the Gap's reason.
	Reason string

	spans []span // in order of arrival
	rows  int64
}

type span struct{ from, to market.UnixMilli }

// Add enters the time of a row and returns the gap that it ends, seen from
// the rows so far; From == To where there is none.
func (s *Silence) Add(at market.UnixMilli) market.Gap {
	if s.Limit == 0 {
		return market.Gap{}
	}
	s.rows++
	if n := len(s.spans); n > 0 {
		last := &s.spans[n-1]
		if at >= last.from && at <= last.to+s.Limit {
			last.to = max(last.to, at)
			return market.Gap{}
		}
		if at > last.to {
			gap := s.gap(last.to, at)
			s.spans = append(s.spans, span{at, at})
			return gap
		}
	}
	s.spans = append(s.spans, span{at, at})
	return market.Gap{}
}

// gap returns the silence between two rows as a gap, if it is long enough
// against the mean spacing of all rows so far.
func (s *Silence) gap(from, to market.UnixMilli) market.Gap {
	var covered market.UnixMilli
	for _, sp := range s.spans {
		covered += sp.to - sp.from
	}
	if float64(s.rows) < s.Spacings || float64(to-from)*float64(s.rows) <= s.Spacings*float64(covered) {
		return market.Gap{}
	}
	return market.Gap{From: from + 1, To: max(to-s.Lead, from+2), Reason: s.Reason}
}

// Gaps returns the gaps that are left once every row is known, by time.
func (s *Silence) Gaps() []market.Gap {
	if len(s.spans) == 0 {
		return nil
	}
	spans := slices.Clone(s.spans)
	slices.SortFunc(spans, func(a, b span) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	var out []market.Gap
	end := spans[0].to
	for _, sp := range spans[1:] {
		if sp.from > end+s.Limit {
			if g := s.gap(end, sp.from); g.To > g.From {
				out = append(out, g)
			}
		}
		end = max(end, sp.to)
	}
	return out
}
