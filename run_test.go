package halcyon_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"halcyon/internal/tilewire"
	"halcyon/market"
)

// A new user types make run where no venue can be reached: a heatmap is on the
// page within a minute, it says SIMULATED because no recorded data are named,
// and an interrupt stops it cleanly. Started again it is ready at once.
func TestMakeRun(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the page and the binary; left out of -short")
	}
	if _, err := os.Stat("web/dist/index.html"); err != nil {
		t.Skip("the page is not built: make test builds it first")
	}
	lake := filepath.Join(t.TempDir(), "lake")
	begin := time.Now()
	first := startRun(t, lake)
	first.await(t, time.Minute)
	t.Logf("ready %.1f s after make run", time.Since(begin).Seconds())
	var list struct {
		Instruments []struct {
			Venue, Symbol, Provenance string
			To                        market.UnixMilli
		}
	}
	first.get(t, "/api/v1/instruments", &list)
	if len(list.Instruments) != 3 {
		t.Fatalf("instruments %+v, want three simulated ones", list.Instruments)
	}
	for _, in := range list.Instruments {
		if in.Provenance != "SIMULATED" {
			t.Errorf("%s:%s says %q", in.Venue, in.Symbol, in.Provenance)
		}
	}
	in := list.Instruments[0]
	var columns struct{ Close []float64 }
	first.get(t, fmt.Sprintf("/api/v1/columns?venue=%s&symbol=%s&level=1&from=%d&to=%d", in.Venue, in.Symbol, in.To-12*market.Hour, in.To), &columns)
	if len(columns.Close) == 0 {
		t.Fatal("no column in the last twelve hours")
	}
	price := market.Price(columns.Close[len(columns.Close)-1])
	tile := first.tile(t, fmt.Sprintf("/api/v1/tiles/%s/%s/1/%d/%d", in.Venue, in.Symbol, int64(in.To-1)/int64(5*market.Minute)/tilewire.Side, int64(market.BinOf(price))/2/tilewire.Side))
	if len(tile.Planes) < 4 {
		t.Errorf("the tile at price has planes %v", tile.Planes)
	}
	if page := first.body(t, "/"); !strings.Contains(page, "<title>Halcyon") {
		t.Errorf("the page is not Halcyon's: %.80q", page)
	}
	first.stop(t)

	second := startRun(t, lake)
	second.await(t, 20*time.Second)
	second.stop(t)
}

// running is a make run under way.
type running struct {
	cmd  *exec.Cmd
	url  string
	done chan struct{}
}

func startRun(t *testing.T, lake string) *running {
	t.Helper()
	cmd := exec.Command("make", "run", "LAKE="+lake)
	// As from a user's shell: no recorded data, any free port, no outer make.
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); name != "MAKEFLAGS" && name != "MAKELEVEL" && name != "DISPLAY" && name != "MFLAGS" {
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(cmd.Env, "HALCYON_DATA="+filepath.Join(lake, "nothing"), "HALCYON_LISTEN=127.0.0.1:0",
		// A proxy that nobody answers at: there is no network, wherever this runs.
		"HTTP_PROXY=http://127.0.0.1:9", "HTTPS_PROXY=http://127.0.0.1:9", "NO_PROXY=")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r := &running{cmd: cmd, done: make(chan struct{})}
	t.Cleanup(func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	said := make(chan string, 1)
	go func() {
		defer close(r.done)
		address := regexp.MustCompile(`http://127\.0\.0\.1:\d+`)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			t.Log(lines.Text())
			if url := address.FindString(lines.Text()); url != "" {
				select {
				case said <- url:
				default:
				}
			}
		}
	}()
	select {
	case r.url = <-said:
	case <-r.done:
		t.Fatal("make run ended before it served")
	case <-time.After(3 * time.Minute): // it may have to build first
		t.Fatal("make run did not say where it serves")
	}
	return r
}

// await waits until the server is ready.
func (r *running) await(t *testing.T, limit time.Duration) {
	t.Helper()
	for end := time.Now().Add(limit); ; time.Sleep(100 * time.Millisecond) {
		var status struct{ State, Message string }
		r.get(t, "/api/v1/status", &status)
		if status.State == "ready" {
			return
		}
		if status.State == "failed" || time.Now().After(end) {
			t.Fatalf("state %q: %s", status.State, status.Message)
		}
	}
}

func (r *running) body(t *testing.T, path string) string {
	t.Helper()
	res, err := http.Get(r.url + path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != 200 {
		t.Fatalf("GET %s: %s %v\n%s", path, res.Status, err, b)
	}
	return string(b)
}

func (r *running) get(t *testing.T, path string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.body(t, path)), into); err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
}

func (r *running) tile(t *testing.T, path string) *tilewire.Tile {
	t.Helper()
	tile, err := tilewire.Decode([]byte(r.body(t, path)))
	if err != nil {
		t.Fatal(err)
	}
	return tile
}

// stop interrupts it as Ctrl-C does, and expects a clean end.
func (r *running) stop(t *testing.T) {
	t.Helper()
	if err := syscall.Kill(-r.cmd.Process.Pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		<-r.done
		ended <- r.cmd.Wait()
	}()
	select {
	case err := <-ended:
		// make itself reports the interrupt; what it ran must not have failed.
		if state := r.cmd.ProcessState; err != nil && state.ExitCode() != 130 && state.ExitCode() != 2 && state.Sys().(syscall.WaitStatus).Signal() != syscall.SIGINT {
			t.Errorf("make run ended with %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("make run did not stop within 20 s of an interrupt")
	}
}
