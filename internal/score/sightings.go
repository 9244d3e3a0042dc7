package score

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"time"

	"halcyon/market"
)

// position is a true position of one account.
type position struct {
	side market.PositionSide
	// size is in base, > 0.
	size float64
	// liquidation is the venue's own price, 0 where there is none.
	liquidation market.Price
	// seen is when the venue last told of it.
	seen market.UnixMilli
}

// sighting is what a venue told at one instant of some accounts: not of all,
// and not always of the same.
type sighting struct {
	at    market.UnixMilli
	price market.Price
	// asked is the accounts told of, held the positions they had, by address.
	asked map[string]bool
	held  map[string]position
}

// snapshot is the true positions known at one instant.
type snapshot struct {
	at   market.UnixMilli
	true profile
	// total is all notional of the side, liquidatable or not.
	total [market.Sides]float64
}

// Moments of truth. One recorder's list of accounts shrinks and grows several
// times over from one sighting to the next, and a map cannot know which accounts a
// recorder lists; but of the notional that stands, 88 % still stands a day later.
// So an account that is not told of is taken to hold what it held, for a day.
const (
	carryFor = market.Day
	// momentsApart is how long after a moment the next one begins: sightings
	// minutes apart are not two.
	momentsApart = 2 * market.Hour
)

// snapshots returns the positions known at sightings (rising in time) that lie
// at least momentsApart. An account that is not told of keeps its position for the
// given age; 0 keeps none. A position is gone once its account is told of
// without it, or price lies beyond its liquidation price.
func snapshots(of []sighting, age market.UnixMilli) (out []snapshot) {
	known := map[string]position{}
	for _, s := range of {
		maps.DeleteFunc(known, func(address string, p position) bool {
			return s.asked[address] || s.at-p.seen > age || p.side.Sign()*float64(s.price-p.liquidation) < 0 && p.liquidation > 0
		})
		maps.Copy(known, s.held)
		if n := len(out); n > 0 && s.at-out[n-1].at < momentsApart {
			continue
		}
		now := snapshot{at: s.at, true: newProfile()}
		for _, address := range slices.Sorted(maps.Keys(known)) {
			p := known[address]
			notional := p.size * float64(s.price)
			now.total[p.side] += notional
			if p.liquidation > 0 {
				now.true.add(p.side, p.side.Sign()*(1-float64(p.liquidation/s.price)), notional)
			}
		}
		out = append(out, now)
	}
	return out
}

// sightings reads what a recorder was told of the accounts that it followed, for
// one coin. The price is what the positions themselves tell: value over size.
func (s source) sightings(pattern, coin string) ([]sighting, error) {
	path, err := s.find(pattern)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("cannot read %q: %w", path, err)
	}
	found := map[market.UnixMilli]*sighting{}
	lines := bufio.NewScanner(z)
	for row := 1; lines.Scan(); row++ {
		var p struct {
			TS            time.Time
			Address       string
			Coin          string
			Direction     string
			Size          float64
			PositionValue float64
			LiquidationPx json.RawMessage
		}
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			return nil, fmt.Errorf("cannot read %q: row %d: %w: %w", path, row, err, market.ErrInvalid)
		}
		at := market.UnixMilli(p.TS.UnixMilli())
		now := found[at]
		if now == nil {
			now = &sighting{at: at, asked: map[string]bool{}, held: map[string]position{}}
			found[at] = now
		}
		now.asked[p.Address] = true
		if p.Coin != coin || p.Size == 0 {
			continue
		}
		own := position{side: market.Long, size: math.Abs(p.Size), seen: at}
		if p.Direction == "Short" {
			own.side = market.Short
		}
		var liquidation float64
		if json.Unmarshal(bytes.Trim(p.LiquidationPx, `"`), &liquidation) == nil {
			own.liquidation = market.Price(max(0, liquidation))
		}
		now.held[p.Address] = own
		now.price = market.Price(p.PositionValue / own.size)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("cannot read %q: %w", path, err)
	}
	var out []sighting
	for _, at := range slices.Sorted(maps.Keys(found)) {
		if found[at].price > 0 {
			out = append(out, *found[at])
		}
	}
	return out, nil
}
