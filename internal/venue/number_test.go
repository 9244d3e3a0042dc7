package venue

import (
	"encoding/json"
	"math"
	"testing"
)

func TestNumber(t *testing.T) {
	var got []Number
	if err := json.Unmarshal([]byte(`[1.5,"0.004","-2e3",0,null,"","x",true]`), &got); err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{1.5, .004, -2000, 0, math.NaN(), math.NaN(), math.NaN(), math.NaN()} {
		if v := float64(got[i]); v != want && !(math.IsNaN(v) && math.IsNaN(want)) {
			t.Errorf("number %d: %v, want %v", i, v, want)
		}
	}
}
