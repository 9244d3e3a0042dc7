package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"halcyon/internal/venue/binance/binancetest"
	"halcyon/market"
)

// halcyon runs the command line in this process.
func halcyon(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	status = run(context.Background(), args, &out, &errs)
	return status, out.String(), errs.String()
}

// must runs a command that has to succeed.
func must(t *testing.T, args ...string) string {
	t.Helper()
	status, stdout, stderr := halcyon(t, args...)
	if status != 0 {
		t.Fatalf("halcyon %s: status %d\n%s%s", strings.Join(args, " "), status, stdout, stderr)
	}
	return stdout
}

// digest is the names and bytes of all files below a folder.
func digest(t *testing.T, dir string) string {
	t.Helper()
	h := sha256.New()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		fmt.Fprintf(h, "%s %d\n", strings.TrimPrefix(path, dir), len(data))
		h.Write(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

// smallDay writes a day of a few trades in Binance's archive format.
func smallDay(t *testing.T, dir string, trades int) (aggTrades, metrics string) {
	t.Helper()
	aggTrades, metrics, err := binancetest.WriteDay(dir, binancetest.DayOptions{Trades: trades})
	if err != nil {
		t.Fatal(err)
	}
	return aggTrades, metrics
}

func TestImportReplayRender(t *testing.T) {
	dir := t.TempDir()
	lake := filepath.Join(dir, "lake")
	trades, metrics := smallDay(t, dir, 50_000)
	must(t, "import", "--lake", lake, trades, metrics)
	must(t, "replay", "--lake", lake)
	first := digest(t, lake)
	// Both are idempotent.
	must(t, "import", "--lake", lake, trades, metrics)
	must(t, "replay", "--lake", lake)
	if digest(t, lake) != first {
		t.Error("importing and replaying again changed the lake")
	}
	// Drawing anew, or straight from the archive, gives the same maps.
	must(t, "replay", "--lake", lake, "--fresh")
	straight := filepath.Join(dir, "straight")
	must(t, "replay", "--lake", straight, trades, metrics)
	for _, kind := range []string{"kind=levels", "kind=columns"} {
		if digest(t, filepath.Join(lake, kind)) != digest(t, filepath.Join(straight, kind)) {
			t.Errorf("%s differs between lake and archive", kind)
		}
	}
	picture := filepath.Join(dir, "map.png")
	must(t, "render", "--lake", lake, "--symbol", "BTC", "--range", "12h", "-o", picture)
	f, err := os.Open(picture)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if img, err := png.Decode(f); err != nil || img.Bounds().Dx() != 1600 || img.Bounds().Dy() != 900 {
		t.Errorf("picture: %v", err)
	}
}

// A user's mistake is one line that names it, exit status 2, and leaves what
// was good before as it was.
func TestMistakes(t *testing.T) {
	dir := t.TempDir()
	lake := filepath.Join(dir, "lake")
	trades, metrics := smallDay(t, dir, 20_000)
	must(t, "import", "--lake", lake, trades, metrics)
	must(t, "replay", "--lake", lake)
	good := digest(t, lake)
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	zipped, err := os.ReadFile(trades)
	if err != nil {
		t.Fatal(err)
	}
	var gz bytes.Buffer
	z := gzip.NewWriter(&gz)
	for i := range 5000 {
		fmt.Fprintf(z, `{"ts":%d,"px":63561.0,"sz":0.00%d,"side":"B"}`+"\n", 1781308799023+i*977, 1+i%7)
	}
	z.Close()
	const header = "agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker\n"
	row := func(price, qty, at string) string {
		return header + "1," + price + "," + qty + ",1,1," + at + ",true\n"
	}
	const at = "1778457600000"
	cases := map[string]struct {
		args []string
		says []string
	}{
		"truncated gzip": {[]string{"import", write("trades_BTC_20260613.jsonl.gz", gz.String()[:gz.Len()/2])}, []string{"trades_BTC_20260613.jsonl.gz", "--salvage"}},
		"half a zip":     {[]string{"import", write("BTCUSDT-aggTrades-2026-05-12.zip", string(zipped[:len(zipped)/2]))}, []string{"BTCUSDT-aggTrades-2026-05-12.zip"}},
		"wrong columns":  {[]string{"import", write("BTCUSDT-aggTrades-2026-05-13.csv", "a,b,c\n1,2,3\n")}, []string{"BTCUSDT-aggTrades-2026-05-13.csv"}},
		"NaN":            {[]string{"import", write("BTCUSDT-aggTrades-2026-05-14.csv", row("NaN", "1", at))}, []string{"row 2", "price", "NaN"}},
		"negative price": {[]string{"import", write("BTCUSDT-aggTrades-2026-05-15.csv", row("-5", "1", at))}, []string{"row 2", "price", "-5"}},
		"absurd price":   {[]string{"import", write("BTCUSDT-aggTrades-2026-05-16.csv", row("1e30", "1", at))}, []string{"row 2", "price"}},
		"time backwards": {[]string{"replay", write("BTCUSDT-aggTrades-2026-05-17.csv", row("95000", "1", at)+"2,95000,1,2,2,1778457000000,true\n")}, []string{"row 3", "import"}},
		"empty file":     {[]string{"import", write("BTCUSDT-aggTrades-2026-05-18.csv", "")}, []string{"BTCUSDT-aggTrades-2026-05-18.csv", "empty"}},
		"missing file":   {[]string{"import", filepath.Join(dir, "nothing.csv")}, []string{"nothing.csv"}},
		"no format":      {[]string{"import", write("poem.txt", "roses are red\n")}, []string{"poem.txt"}},
		"nothing to do":  {[]string{"import"}, []string{"nothing to import"}},
		"symbol unknown": {[]string{"render", "--symbol", "PEPE", "-o", filepath.Join(dir, "x.png")}, []string{"PEPE", "binance:BTCUSDT"}},
		"bad range":      {[]string{"render", "--symbol", "BTC", "--range", "soon", "-o", filepath.Join(dir, "x.png")}, []string{"soon", "24h"}},
		"bad palette":    {[]string{"render", "--symbol", "BTC", "--palette", "beige", "-o", filepath.Join(dir, "x.png")}, []string{"beige", "viridis"}},
		"disk full":      {[]string{"render", "--symbol", "BTC", "-o", "/dev/full"}, []string{"/dev/full", "no space left"}},
		"no folder":      {[]string{"render", "--symbol", "BTC", "-o", filepath.Join(dir, "no", "x.png")}, []string{"no/x.png"}},
		"score unknown":  {[]string{"score", "--venue", "binance", "--symbol", "PEPE"}, []string{"binance:PEPE", "import"}},
		"few columns":    {[]string{"import", write("BTCUSDT-aggTrades-2026-05-19.csv", header+"1,95000,1\n")}, []string{"row 2", "7 columns", "is_buyer_maker"}},
		"bad time":       {[]string{"import", write("BTCUSDT-aggTrades-2026-05-20.csv", row("95000", "1", "99"))}, []string{"row 2", "transact_time", "milliseconds"}},
		"no side":        {[]string{"import", write("BTCUSDT-aggTrades-2026-05-21.csv", header+"1,95000,1,1,1,"+at+",maybe\n")}, []string{"row 2", "is_buyer_maker", "true or false"}},
		"no instrument":  {[]string{"replay", "--only", "PEPE"}, []string{"import"}},
		"bad flag":       {[]string{"replay", "--frequently"}, []string{"--frequently"}},
		"bad day":        {[]string{"sim", "--start", "tomorrow"}, []string{"tomorrow", "2026-01-05"}},
		"port in use":    {[]string{"serve", "--listen", "256.0.0.1:1"}, []string{"256.0.0.1:1", "--listen"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			status, _, stderr := halcyon(t, append([]string{c.args[0], "--lake", lake}, c.args[1:]...)...)
			if status != 2 {
				t.Errorf("status %d, want 2", status)
			}
			if lines := strings.Count(stderr, "\n"); lines != 1 {
				t.Errorf("%d lines on stderr, want 1:\n%s", lines, stderr)
			}
			for _, want := range c.says {
				if !strings.Contains(stderr, want) {
					t.Errorf("stderr does not say %q:\n%s", want, stderr)
				}
			}
			if digest(t, lake) != good {
				t.Error("the lake changed")
			}
		})
	}
	if _, err := os.Stat(filepath.Join(dir, "x.png")); err == nil {
		t.Error("a picture was written by mistake")
	}
}

// Salvage takes what decodes of a file that breaks off, and says what was lost.
func TestSalvage(t *testing.T) {
	dir := t.TempDir()
	var gz bytes.Buffer
	z := gzip.NewWriter(&gz)
	for i := range 50_000 {
		fmt.Fprintf(z, `{"ts":%d,"px":%d.0,"sz":0.0%d,"side":"%c"}`+"\n", 1781308799023+i*97, 63561+i*7919%13, 1+i*31%89, "AB"[i%2])
	}
	z.Close()
	path := filepath.Join(dir, "trades_BTC_20260613.jsonl.gz")
	if err := os.WriteFile(path, gz.Bytes()[:gz.Len()*2/3], 0o644); err != nil {
		t.Fatal(err)
	}
	out := must(t, "import", "--lake", filepath.Join(dir, "lake"), "--salvage", path)
	if !regexp.MustCompile(`LOST: breaks off after row \d+, at 2026-06-1\dT`).MatchString(out) {
		t.Errorf("the report does not say what was lost:\n%s", out)
	}
	must(t, "replay", "--lake", filepath.Join(dir, "lake"))
}

// A lake chunk with flipped bits is refused by name, and read by nobody.
func TestDamagedLake(t *testing.T) {
	dir := t.TempDir()
	lake := filepath.Join(dir, "lake")
	trades, metrics := smallDay(t, dir, 20_000)
	must(t, "import", "--lake", lake, trades, metrics)
	must(t, "replay", "--lake", lake)
	for _, kind := range []string{"trades", "levels", "columns"} {
		var damaged string
		err := filepath.WalkDir(filepath.Join(lake, "kind="+kind), func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				damaged = path
			}
			return err
		})
		if err != nil || damaged == "" {
			t.Fatalf("no object of kind %s: %v", kind, err)
		}
		whole, err := os.ReadFile(damaged)
		if err != nil {
			t.Fatal(err)
		}
		bad := bytes.Clone(whole)
		bad[len(bad)/3] ^= 4
		if err := os.WriteFile(damaged, bad, 0o644); err != nil {
			t.Fatal(err)
		}
		args := []string{"render", "--lake", lake, "--symbol", "BTC", "-o", filepath.Join(dir, "x.png")}
		if kind == "trades" {
			args = []string{"replay", "--lake", lake, "--fresh"}
		}
		status, _, stderr := halcyon(t, args...)
		if status != 2 || !strings.Contains(stderr, filepath.Base(damaged)) || !strings.Contains(stderr, "corrupt") || !strings.Contains(stderr, "--fresh") || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: status %d, stderr %q", kind, status, stderr)
		}
		if err := os.WriteFile(damaged, whole, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSimIsDeterministic(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a", "b"} {
		must(t, "sim", "--lake", filepath.Join(dir, name), "--symbols", "SOL", "--days", "1")
	}
	if digest(t, filepath.Join(dir, "a")) != digest(t, filepath.Join(dir, "b")) {
		t.Error("two runs with one seed differ")
	}
}

func TestHelpShowsAnExample(t *testing.T) {
	for _, command := range []string{"import", "fetch", "replay", "serve", "sim", "exchange", "render", "tiers", "score"} {
		if out := must(t, command, "--help"); !strings.Contains(out, "Example") || !strings.Contains(out, "halcyon "+command) {
			t.Errorf("%s --help shows no example:\n%s", command, out)
		}
	}
}

// Reports for scripts are JSON with names in one style.
func TestReportsForScripts(t *testing.T) {
	dir := t.TempDir()
	lake := filepath.Join(dir, "lake")
	trades, metrics := smallDay(t, dir, 5_000)
	var imported importReport
	if err := json.Unmarshal([]byte(must(t, "import", "--json", "--lake", lake, trades, metrics)), &imported); err != nil {
		t.Fatal(err)
	}
	if n := len(imported.Files); n != 2 || imported.Files[0].Instrument != "binance:BTCUSDT" || imported.Files[0].Rows != 5_000 || imported.Files[0].DaysChanged != 1 {
		t.Errorf("import: %+v", imported)
	}
	for _, args := range [][]string{{"import", trades}, {"replay"}, {"sim", "--symbols", "SOL", "--days", "1"}} {
		out := must(t, append(args, "--json", "--lake", lake)...)
		if name := regexp.MustCompile(`"[a-z_]*[^a-z_"]+[^"]*":`).FindString(out); !json.Valid([]byte(out)) || name != "" {
			t.Errorf("%s: a member is named %q:\n%s", args[0], name, out)
		}
	}
}

func TestParseSpan(t *testing.T) {
	for s, want := range map[string]market.UnixMilli{"90m": 90 * market.Minute, "24h": market.Day, "7d": 7 * market.Day} {
		if got, err := parseSpan(s); err != nil || got != want {
			t.Errorf("%q: %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "h", "-1h", "1y", "1.5h", "99999999999999999999h"} {
		if _, err := parseSpan(s); err == nil {
			t.Errorf("%q was taken", s)
		}
	}
}
