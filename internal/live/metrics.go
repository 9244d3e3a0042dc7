package live

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"halcyon/internal/venue"
)

// Collector returns the runner's metrics, read when they are asked for.
func (r *Runner) Collector() prometheus.Collector { return collector{r} }

type collector struct{ r *Runner }

// feedMetrics and instrumentMetrics are what there is to measure, by feed and
// by venue and symbol.
var (
	feedMetrics = []struct {
		desc  *prometheus.Desc
		kind  prometheus.ValueType
		value func(FeedStatus) float64
	}{
		{feedDesc("up", "1 while events arrive."), prometheus.GaugeValue, func(s FeedStatus) float64 { return flag(s.Status == venue.FeedLive) }},
		{feedDesc("frames_total", "Websocket frames received."), prometheus.CounterValue, func(s FeedStatus) float64 { return float64(s.Counts.Frames) }},
		{feedDesc("bytes_total", "Bytes received by websocket, after decompression."), prometheus.CounterValue, func(s FeedStatus) float64 { return float64(s.Counts.Bytes) }},
		{feedDesc("trades_total", "Trades emitted."), prometheus.CounterValue, func(s FeedStatus) float64 { return float64(s.Counts.Trades) }},
		{feedDesc("malformed_total", "Frames that could not be read."), prometheus.CounterValue, func(s FeedStatus) float64 { return float64(s.Counts.Malformed) }},
		{feedDesc("duplicates_total", "Items seen before and dropped."), prometheus.CounterValue, func(s FeedStatus) float64 { return float64(s.Counts.Duplicates) }},
		{feedDesc("missing_total", "Trades that ids say were never sent."), prometheus.CounterValue, func(s FeedStatus) float64 { return float64(s.Counts.Missing) }},
		{feedDesc("gaps_total", "Gaps emitted."), prometheus.CounterValue, func(s FeedStatus) float64 { return float64(s.Counts.Gaps) }},
		{feedDesc("disconnects_total", "Websockets lost."), prometheus.CounterValue, func(s FeedStatus) float64 { return float64(s.Counts.Disconnects) }},
		{feedDesc("limited_total", "Requests refused for asking too often."), prometheus.CounterValue, func(s FeedStatus) float64 { return float64(s.Counts.Limited) }},
	}
	instrumentMetrics = []struct {
		desc  *prometheus.Desc
		kind  prometheus.ValueType
		value func(InstrumentStatus) float64
	}{
		{instrumentDesc("lag_seconds", "Newest event's way from the venue's clock to ours."), prometheus.GaugeValue, func(s InstrumentStatus) float64 { return float64(s.Lag) / 1000 }},
		{instrumentDesc("closed_timestamp_seconds", "End of the last closed column."), prometheus.GaugeValue, func(s InstrumentStatus) float64 { return float64(s.To) / 1000 }},
		{instrumentDesc("events_total", "Events emitted by the feed, batches of trades counted once."), prometheus.CounterValue, func(s InstrumentStatus) float64 { return float64(s.Events) }},
		{instrumentDesc("late_total", "Events and trades that came after their place."), prometheus.CounterValue, func(s InstrumentStatus) float64 { return float64(s.Late) }},
		{instrumentDesc("gaps_total", "Events that say that something is missing."), prometheus.CounterValue, func(s InstrumentStatus) float64 { return float64(s.Gaps) }},
		{instrumentDesc("backlog_trades", "What waits for the event log."), prometheus.GaugeValue, func(s InstrumentStatus) float64 { return float64(s.Backlog) }},
		{instrumentDesc("log_sequence", "Last message of the event log taken in."), prometheus.GaugeValue, func(s InstrumentStatus) float64 { return float64(s.Seq) }},
		{instrumentDesc("saves_total", "Writings to the lake."), prometheus.CounterValue, func(s InstrumentStatus) float64 { return float64(s.Saves) }},
		{instrumentDesc("save_failures_total", "Writings to the lake that failed."), prometheus.CounterValue, func(s InstrumentStatus) float64 { return float64(s.Failures) }},
		{instrumentDesc("save_seconds", "Time that the last writing took."), prometheus.GaugeValue, func(s InstrumentStatus) float64 { return float64(s.SaveTime) / float64(time.Second) }},
		{instrumentDesc("failed", "1 while something is wrong with the instrument."), prometheus.GaugeValue, func(s InstrumentStatus) float64 { return flag(s.Err != "") }},
	}
)

func feedDesc(name, help string) *prometheus.Desc {
	return prometheus.NewDesc("halcyon_feed_"+name, help, []string{"feed"}, nil)
}

func instrumentDesc(name, help string) *prometheus.Desc {
	return prometheus.NewDesc("halcyon_instrument_"+name, help, []string{"venue", "symbol"}, nil)
}

func flag(on bool) float64 {
	if on {
		return 1
	}
	return 0
}

// Describe implements prometheus.Collector.
func (collector) Describe(to chan<- *prometheus.Desc) {
	for _, m := range feedMetrics {
		to <- m.desc
	}
	for _, m := range instrumentMetrics {
		to <- m.desc
	}
}

// Collect implements prometheus.Collector.
func (c collector) Collect(to chan<- prometheus.Metric) {
	for _, s := range c.r.Feeds() {
		for _, m := range feedMetrics {
			to <- prometheus.MustNewConstMetric(m.desc, m.kind, m.value(s), s.Name)
		}
	}
	for _, s := range c.r.Instruments() {
		for _, m := range instrumentMetrics {
			to <- prometheus.MustNewConstMetric(m.desc, m.kind, m.value(s), string(s.ID.Venue), s.ID.Symbol)
		}
	}
}
