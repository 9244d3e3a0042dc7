// Package halcyon_test holds the tests of the repository as a whole.
package halcyon_test

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// allowed names, a package, the packages of this module that it may import.
// Anything else is a wrong way through the house: move the code to where the
// arrow points down, or have the upper package hand in an interface.
var allowed = map[string][]string{
	// L0: the ground.
	"market": {},
	// L1: pure models that have never heard of each other.
	"liqmodel":  {"market"},
	"heatmap":   {"market"},
	"scorecard": {"market"},
	// L2: the engine joins them.
	"engine": {"heatmap", "liqmodel", "market"},
	// L3: adapters. Siblings do not import siblings, but for the named ground
	// of a few: formats share venue, viewers share atlas, the API its wire form.
	"internal/venue":             {"market"},
	"internal/venue/feed":        {"internal/venue", "internal/wsconn", "market"},
	"internal/venue/frame":       {"internal/venue", "market"},
	"internal/venue/binance":     {"internal/venue", "internal/venue/feed", "market"},
	"internal/venue/bitget":      {"internal/venue", "internal/venue/feed", "internal/venue/frame", "market"},
	"internal/venue/bitmex":      {"internal/venue", "internal/venue/feed", "internal/venue/frame", "market"},
	"internal/venue/bybit":       {"internal/venue", "internal/venue/feed", "internal/venue/frame", "market"},
	"internal/venue/deribit":     {"internal/venue", "internal/venue/feed", "internal/venue/frame", "market"},
	"internal/venue/gate":        {"internal/venue", "internal/venue/feed", "internal/venue/frame", "market"},
	"internal/venue/hyperliquid": {"internal/observed", "internal/venue", "internal/venue/feed", "internal/venue/frame", "market"},
	"internal/wsconn":            {},
	"internal/venue/kraken":      {"internal/venue", "internal/venue/feed", "internal/venue/frame", "market"},
	"internal/venue/okx":         {"internal/venue", "internal/venue/feed", "internal/venue/frame", "market"},
	"internal/venue/venuetest":   {"internal/venue", "market"},
	"internal/ingest":            {"internal/venue", "market"},
	"internal/archive":           {"internal/venue", "market"},
	"internal/backfill":          {"internal/venue", "market"},
	"internal/eventlog":          {"market"},
	"internal/live":              {"engine", "heatmap", "internal/eventlog", "internal/venue", "liqmodel", "market"},
	"internal/lake":              {"heatmap", "internal/observed", "market"},
	"internal/sim":               {"market"},
	"internal/sim/exchange":      {"market"},
	"internal/sim/loopback":      {"internal/sim", "internal/sim/exchange", "market"},
	"internal/replay":            {"engine", "heatmap", "liqmodel", "market"},
	"internal/combine":           {"heatmap", "market"},
	"internal/observed":          {"market"},
	"internal/atlas":             {"heatmap", "internal/combine", "liqmodel", "market"},
	"internal/tilewire":          {},
	"internal/funding":           {"market"},
	"internal/api":               {"heatmap", "internal/alert", "internal/atlas", "internal/export", "internal/funding", "internal/observed", "internal/screen", "internal/tilewire", "liqmodel", "market", "scorecard"},
	"internal/alert":             {"heatmap", "internal/atlas", "market"},
	"internal/export":            {"heatmap", "internal/atlas", "liqmodel", "market"},
	"internal/screen":            {"heatmap", "internal/atlas", "market"},
	"internal/render":            {"heatmap", "internal/atlas", "market"},
	"internal/score":             {"heatmap", "internal/observed", "liqmodel", "market", "scorecard"},
	"web":                        {},
	"docs":                       {},
}

// free may import everything: the command wires, the rest serves tests and
// measurements alone.
var free = []string{"cmd/", "internal/venue/binance/binancetest", "internal/bench"}

func TestImportsRunDownwards(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(strings.NewReader(string(out)))
	seen := map[string]bool{}
	for dec.More() {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(p.ImportPath, "halcyon/")
		if name == "halcyon" || slices.ContainsFunc(free, func(f string) bool { return strings.HasPrefix(name, f) }) {
			continue
		}
		seen[name] = true
		may, known := allowed[name]
		if !known {
			t.Errorf("package %s has no place in the layers: give it one in this test and in docs/ARCHITECTURE.md", name)
			continue
		}
		for _, imported := range p.Imports {
			in, ours := strings.CutPrefix(imported, "halcyon/")
			if ours && !slices.Contains(may, in) {
				t.Errorf("%s imports %s: it may import %v", name, in, may)
			}
			if name == "market" && strings.Contains(imported, ".") {
				t.Errorf("market imports %s: the ground stands on the standard library alone", imported)
			}
		}
	}
	for name := range allowed {
		if !seen[name] {
			t.Errorf("package %s is named in the layers but does not exist", name)
		}
	}
}
