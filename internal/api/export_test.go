package api

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"halcyon/market"
)

// exportedCell is a reader's own idea of a row: by the documented names.
type exportedCell struct {
	Time     time.Time `parquet:"time,timestamp"`
	Low      float64   `parquet:"price_low"`
	High     float64   `parquet:"price_high"`
	Side     string    `parquet:"side"`
	Leverage string    `parquet:"leverage"`
	USD      float64   `parquet:"estimated_usd"`
	Fresh    float64   `parquet:"estimated_fresh_usd"`
}

func exportPath(what, format string, from, to market.UnixMilli) string {
	return fmt.Sprintf("/api/v1/export?venue=test&symbol=BTC&level=2&what=%s&format=%s&from=%d&to=%d", what, format, from, to)
}

// The last column's cells are the profile's, and both formats say the same.
func TestExportedCellsAreTheMap(t *testing.T) {
	server, _ := site(t)
	// Over midnight, so over two stored days.
	from, to := start+2*market.Hour, start+7*market.Hour
	var text, binary []byte
	res := get(t, server, exportPath("cells", "csv", from, to), &text)
	if got := res.Header.Get("Content-Disposition"); !strings.Contains(got, "ESTIMATED-cells") || !strings.Contains(got, "SIMULATED") {
		t.Errorf("the file is called %q", got)
	}
	get(t, server, exportPath("cells", "parquet", from, to), &binary)
	lines, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	rows, err := parquet.Read[exportedCell](bytes.NewReader(binary), int64(len(binary)))
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) == 0 || len(lines) != len(rows)+1 {
		t.Fatalf("%d lines of CSV, %d rows of Parquet", len(lines), len(rows))
	}
	last := time.UnixMilli(int64(to - 15*market.Minute)).UTC()
	sums, columns := map[string]float64{}, map[time.Time]bool{}
	for i, row := range rows {
		line := lines[i+1]
		usd, _ := strconv.ParseFloat(line[6], 64)
		if line[0] != row.Time.UTC().Format("2006-01-02T15:04:05Z") || line[4] != row.Side || line[5] != row.Leverage || usd != row.USD {
			t.Fatalf("row %d: %v in CSV, %+v in Parquet", i, line, row)
		}
		if row.USD < 1 || row.Fresh < 0 || row.Fresh > row.USD+0.01 || row.Low >= row.High {
			t.Fatalf("row %d: %+v", i, row)
		}
		columns[row.Time] = true
		if row.Time.Equal(last) {
			sums[row.Side] += row.USD
		}
	}
	if len(columns) != 20 {
		t.Errorf("%d columns of a quarter of an hour in five hours", len(columns))
	}
	var profile struct {
		Long, Short map[string][]float64
		Beyond      struct{ Long, Short float64 }
	}
	get(t, server, fmt.Sprintf("/api/v1/profile?venue=test&symbol=BTC&at=%d", to), &profile)
	for side, want := range map[string]float64{"long": profile.Beyond.Long + total(profile.Long), "short": profile.Beyond.Short + total(profile.Short)} {
		// The profile rounds to whole dollars, the export leaves out less than one.
		if math.Abs(sums[side]-want) > 0.001*want+100 {
			t.Errorf("%ss: exported %.0f, the profile has %.0f", side, sums[side], want)
		}
	}
	var some []byte
	get(t, server, exportPath("cells", "csv", from, to)+"&low=59000&high=59500", &some)
	within, _ := csv.NewReader(bytes.NewReader(some)).ReadAll()
	if len(within) < 2 || len(within) >= len(lines) {
		t.Errorf("%d lines within prices, %d without bounds", len(within), len(lines))
	}
	for _, line := range within[1:] {
		low, _ := strconv.ParseFloat(line[2], 64)
		high, _ := strconv.ParseFloat(line[3], 64)
		if high <= 59000 || low > 59500 {
			t.Fatalf("a cell of %v to %v among those of 59000 to 59500", low, high)
		}
	}
}

func total(groups map[string][]float64) (sum float64) {
	for name, list := range groups {
		if name == "fresh" {
			continue
		}
		for _, x := range list {
			sum += x
		}
	}
	return sum
}

func TestExportedColumnsAreTheColumns(t *testing.T) {
	server, _ := site(t)
	var text []byte
	get(t, server, exportPath("columns", "csv", start, start+8*market.Hour), &text)
	lines, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var columns struct {
		Time      []int64
		Close     []float64
		SweptLong []float64 `json:"swept_long"`
	}
	get(t, server, fmt.Sprintf("/api/v1/columns?venue=test&symbol=BTC&level=2&from=%d&to=%d", start, start+8*market.Hour), &columns)
	if len(lines) != len(columns.Time)+1 || len(columns.Time) == 0 {
		t.Fatalf("%d lines, %d columns", len(lines), len(columns.Time))
	}
	for i, at := range columns.Time {
		line := lines[i+1]
		last, _ := strconv.ParseFloat(line[5], 64)
		swept, _ := strconv.ParseFloat(line[10], 64)
		if line[0] != time.UnixMilli(at).UTC().Format("2006-01-02T15:04:05Z") || last != columns.Close[i] || math.Abs(swept-columns.SweptLong[i]) > 0.01 {
			t.Fatalf("column %d: %v", i, line)
		}
	}
}

func TestExportRefuses(t *testing.T) {
	server, _ := site(t)
	for path, want := range map[string]int{
		exportPath("cells", "csv", start+1, start):                     http.StatusUnprocessableEntity,
		exportPath("cells", "xlsx", start, start+1):                    http.StatusUnprocessableEntity,
		exportPath("cells", "csv", start, start+1) + "&low=5&high=4":   http.StatusUnprocessableEntity,
		"/api/v1/export?venue=test&symbol=PEPE&level=0&from=0&to=1":    http.StatusNotFound,
		exportPath("columns", "parquet", start-9*market.Hour, start-1): http.StatusOK,
	} {
		if res := get(t, server, path, nil); res.StatusCode != want {
			t.Errorf("GET %s: %s, want %d", path, res.Status, want)
		}
	}
}
