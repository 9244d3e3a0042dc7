package venue

import (
	"slices"
	"testing"

	"halcyon/market"
	"pgregory.net/rapid"
)

// TestIDRunsIsASetOfIDs compares IDRuns with a plain set for ids in any order.
func TestIDRunsIsASetOfIDs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOfN(rapid.Int64Range(1, 60), 1, 80).Draw(t, "ids")
		seen := map[int64]bool{}
		var runs IDRuns
		for _, id := range ids {
			// Every second plain step goes the fast way, as readers do.
			if next, room := runs.Next(); next == id && room > 0 && id%2 == 0 {
				if seen[id] {
					t.Fatalf("id %d is said to be new", id)
				}
				runs.Extend(1, market.UnixMilli(id))
			} else if fresh, _ := runs.Add(id, market.UnixMilli(id)); fresh == seen[id] {
				t.Fatalf("id %d: fresh %v, seen before %v", id, fresh, seen[id])
			}
			seen[id] = true
		}
		var want []Hole
		first, last := slices.Min(ids), slices.Max(ids)
		for id := first; id < last; {
			next := id + 1
			for !seen[next] {
				next++
			}
			if next > id+1 {
				want = append(want, Hole{next - id - 1, market.UnixMilli(id), market.UnixMilli(next)})
			}
			id = next
		}
		if got := runs.Holes(); !slices.Equal(got, want) {
			t.Fatalf("ids %v: holes %v, want %v", ids, got, want)
		}
	})
}

func TestIDRunsTellsAJump(t *testing.T) {
	var runs IDRuns
	runs.Add(10, 100)
	if _, jump := runs.Add(5000, 200); jump != (Hole{4989, 100, 200}) || !jump.Big() {
		t.Errorf("jump %+v, want 4989 ids from 100 to 200, big", jump)
	}
	if _, jump := runs.Add(4000, 300); jump.Missing != 0 {
		t.Errorf("an id behind the last is no jump: %+v", jump)
	}
}

func TestSilenceFoundWhateverTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		times := rapid.SliceOfNDistinct(rapid.Int64Range(1, 2000), 1, 60, rapid.ID[int64]).Draw(t, "times")
		s := Silence{Limit: 100, Reason: "r"}
		for _, at := range times {
			s.Add(market.UnixMilli(at))
		}
		slices.Sort(times)
		var want []market.Gap
		for i := 1; i < len(times); i++ {
			if times[i]-times[i-1] > 100 {
				want = append(want, market.Gap{From: market.UnixMilli(times[i-1]) + 1, To: market.UnixMilli(times[i]), Reason: "r"})
			}
		}
		if got := s.Gaps(); !slices.Equal(got, want) {
			t.Fatalf("times %v: gaps %v, want %v", times, got, want)
		}
	})
}

func TestSilenceOfAQuietCoinIsNoGap(t *testing.T) {
	quiet := Silence{Limit: 150 * market.Second, Spacings: 30}
	busy := quiet
	for i := range market.UnixMilli(200) {
		quiet.Add(i * 60 * market.Second)
		busy.Add(i * market.Second)
	}
	quiet.Add((200 + 10) * 60 * market.Second)
	busy.Add(200*market.Second + 10*60*market.Second)
	if got := quiet.Gaps(); len(got) != 0 {
		t.Errorf("a trade a minute, silent for ten: %v", got)
	}
	if got := busy.Gaps(); len(got) != 1 {
		t.Errorf("a trade a second, silent for ten minutes: %v, want one gap", got)
	}
}
