package lake

import (
	"bytes"
	"context"
	"errors"
	"math/rand"
	"reflect"
	"strings"
	"testing"

	"halcyon/heatmap"
	"halcyon/market"
)

var heatmapOfNothing = heatmap.Day{Start: aDay, Planes: 2}

// smallMap has something in every section.
func smallMap() *heatmap.Day {
	d := &heatmap.Day{Start: aDay, Planes: 2, Keyframe: []heatmap.Cell{{Plane: 1, Bin: 5, All: 7, Fresh: 3}}}
	for k, level := range heatmap.Ladder {
		b := aDay.Bucket(level.Bucket)
		for i := range 40 {
			d.Levels[k].Deltas = append(d.Levels[k].Deltas, heatmap.Delta{
				Bucket: b, Cell: heatmap.Cell{Plane: heatmap.Plane(i / 20), Bin: market.BinIndex(i * i), All: int64(i * 1000), Fresh: int64(-i)}})
		}
		d.Levels[k].Columns = []heatmap.Column{{Bucket: b, Open: 3, Scales: []heatmap.Scales{{All: 1, Fresh: 0.5}, {All: 0.25, Fresh: 1}}}}
	}
	return d
}

// fullLake holds an object of every kind.
func fullLake(t testing.TB) *Lake {
	t.Helper()
	l := openTest(t)
	for _, err := range []error{
		merge(l, someEvents()), l.PutMap(noTime, btc, smallMap()), l.PutListing(noTime, aListing("sim", "BTC")),
		l.PutCheckpoint(noTime, btc, []byte("the state of the engine")), l.PutObserved(noTime, btc, aDay+market.Hour, somePositions()),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return l
}

// readAll reads everything the lake holds of btc. In what, a failed part is nil.
func readAll(ctx context.Context, l *Lake) (what []any, err error) {
	add := func(v any, e error) {
		if e != nil {
			v = nil
		}
		what, err = append(what, v), errors.Join(err, e)
	}
	events, e := l.Events(ctx, btc, aDay)
	add(events, e)
	day, e := l.Map(ctx, btc, aDay)
	add(day, e)
	for k := range heatmap.Levels {
		level, e := l.MapTracks(ctx, btc, aDay, k)
		add(level, e)
	}
	listings, e := l.Listings(ctx)
	add(listings, e)
	checkpoint, e := l.Checkpoint(ctx, btc)
	add(checkpoint, e)
	positions, e := l.Observed(ctx, btc, aDay+market.Hour)
	add(positions, e)
	return what, err
}

// damage puts each damaged form of each object in its place and checks that
// reading says which object is corrupt, or returns what was stored.
func damage(t *testing.T, forms func(data []byte, try func(damaged []byte))) {
	l := fullLake(t)
	want, err := readAll(noTime, l)
	if err != nil {
		t.Fatal(err)
	}
	for key, data := range contents(t, l) {
		forms([]byte(data), func(damaged []byte) {
			if err := l.bucket.WriteAll(noTime, key, damaged, nil); err != nil {
				t.Fatal(err)
			}
			got, err := readAll(noTime, l)
			if !errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), key) {
				t.Fatalf("%s damaged: error %v", key, err)
			}
			for i := range got {
				if got[i] != nil && !reflect.DeepEqual(got[i], want[i]) {
					t.Fatalf("%s damaged: wrong data in part %d", key, i)
				}
			}
		})
		if err := l.bucket.WriteAll(noTime, key, []byte(data), nil); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFlippedBits(t *testing.T) {
	damage(t, func(data []byte, try func([]byte)) {
		step := max(1, len(data)/70)
		for i := 0; i < len(data); i += step {
			damaged := append([]byte(nil), data...)
			if damaged[i] ^= 1 << (i % 8); isSpaceChange(data[i], damaged[i]) {
				continue
			}
			try(damaged)
		}
	})
}

// isSpaceChange reports a change of white space in JSON, which means nothing.
func isSpaceChange(a, b byte) bool {
	return strings.ContainsRune(" \n\t\r", rune(a)) && strings.ContainsRune(" \n\t\r", rune(b))
}

func TestCutShort(t *testing.T) {
	damage(t, func(data []byte, try func([]byte)) {
		for _, n := range []int{0, 1, 7, 8, 9, len(data) / 3, len(data) / 2, len(data) - 9, len(data) - 2} {
			if n >= 0 {
				try(data[:n])
			}
		}
		try(append([]byte("PAR1"), data...))
		try(append(data[:len(data):len(data)], "PAR1"...))
	})
}

func TestMergeRefusesToBuildOnCorruption(t *testing.T) {
	l := fullLake(t)
	key := dayKey(kindTrades, btc, aDay)
	data, err := l.get(noTime, key)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 1
	if err := l.bucket.WriteAll(noTime, key, data, nil); err != nil {
		t.Fatal(err)
	}
	more := &market.EventSet{}
	more.Trades.Append(aDay+23*market.Hour, 1, 1, market.TakerBuy)
	if _, err := l.Merge(noTime, btc, aDay, more); !errors.Is(err, ErrCorrupt) {
		t.Fatalf("merge onto a damaged object: %v, want ErrCorrupt", err)
	}
	if now, err := l.get(noTime, key); err != nil || string(now) != string(data) {
		t.Fatalf("the damaged object was replaced (error %v)", err)
	}
}

// seal returns a Parquet file with checksums that fit it, whatever it holds.
func seal(file []byte) ([]byte, bool) {
	var d draft
	_, _ = d.Write(file)
	var sealed bytes.Buffer
	err := d.writeSealed(&sealed)
	return sealed.Bytes(), err == nil
}

// A file that was tampered with and sealed again may hold other data, but
// must neither panic nor fail as anything else than corrupt.
func TestForgedSeals(t *testing.T) {
	l := fullLake(t)
	r := rand.New(rand.NewSource(3))
	for key, data := range contents(t, l) {
		if !strings.HasSuffix(key, ".parquet") {
			continue
		}
		file := unsealed(t, l, key)
		for range 60 {
			forged := bytes.Clone(file)
			for range 1 + r.Intn(4) {
				forged[len(forged)-1-r.Intn(min(len(forged), 3000))] = byte(r.Intn(256))
			}
			sealed, ok := seal(forged)
			if !ok {
				continue
			}
			if err := l.bucket.WriteAll(noTime, key, sealed, nil); err != nil {
				t.Fatal(err)
			}
			if _, err := readAll(noTime, l); err != nil && !errors.Is(err, ErrCorrupt) {
				t.Fatalf("%s forged: error %v, want ErrCorrupt", key, err)
			}
		}
		if err := l.bucket.WriteAll(noTime, key, []byte(data), nil); err != nil {
			t.Fatal(err)
		}
	}
}

// Levels that break what tracks rely on are refused, though their checksums fit.
func TestForgedLevels(t *testing.T) {
	minute := aDay.Bucket(market.Minute)
	for want, deltas := range map[string][]heatmap.Delta{
		"order of time": {{Bucket: minute + 1}, {Bucket: minute}},
		"bins":          {{Bucket: minute, Cell: heatmap.Cell{Bin: maxBin + 1}}},
		"a change at":   {{Bucket: minute + 1440}},
	} {
		l := openTest(t)
		d := &heatmap.Day{Start: aDay, Planes: 2}
		d.Levels[0].Deltas = deltas
		if err := l.putMap(noTime, btc, d); err != nil {
			t.Fatal(err)
		}
		if _, err := l.MapTracks(noTime, btc, aDay, 0); !errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// Arbitrary bytes under any name, as they are or with a forged seal, give an
// error or data, never a panic.
func FuzzObjects(f *testing.F) {
	l := fullLake(f)
	keys := []string{}
	for key, data := range contents(f, l) {
		keys = append(keys, key)
		f.Add([]byte(data), false)
		if strings.HasSuffix(key, ".parquet") {
			f.Add(unsealed(f, l, key), true)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, forge bool) {
		if forge {
			sealed, ok := seal(data)
			if !ok {
				return
			}
			data = sealed
		}
		for _, key := range keys {
			if err := l.bucket.WriteAll(noTime, key, data, nil); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := readAll(noTime, l); err != nil && !errors.Is(err, ErrCorrupt) {
			t.Fatalf("error %v, want ErrCorrupt", err)
		}
	})
}

// unsealed returns the Parquet file as it was before it was sealed.
func unsealed(t testing.TB, l *Lake, key string) []byte {
	t.Helper()
	o, err := openObject(noTime, l.bucket, key)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.load(span{0, o.data}); err != nil {
		t.Fatal(err)
	}
	return append(append([]byte(nil), o.windows[0].bytes...), o.foot...)
}
