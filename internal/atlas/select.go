package atlas

import (
	"fmt"
	"slices"
	"strings"

	"halcyon/heatmap"
	"halcyon/market"
)

// Selected is a part of the map by its name: "all", "fresh", a leverage group,
// or several joined by + in the groups' order ("low+high").
type Selected struct {
	Name string
	heatmap.Selection
}

// Selections returns what the planes are looked at as unless something else is
// chosen: "all", each group by its name, and "fresh", in this order.
func (a *Atlas) Selections() []Selected {
	out := []Selected{a.of("all", a.groupNames()...)}
	for _, name := range a.groupNames() {
		out = append(out, a.of(name, name))
	}
	fresh := a.of("fresh", a.groupNames()...)
	fresh.Fresh = true
	return append(out, fresh)
}

// Select returns a selection by its name. Groups may come in any order, joined
// by + or by a space, which is what a + becomes in a query; all of them are
// "all". The error wraps market.ErrInvalid.
func (a *Atlas) Select(name string) (Selected, error) {
	standard := a.Selections()
	if i := slices.IndexFunc(standard, func(s Selected) bool { return s.Name == name }); i >= 0 {
		return standard[i], nil
	}
	wanted := strings.FieldsFunc(name, func(r rune) bool { return r == '+' || r == ' ' })
	known := a.groupNames()
	for _, group := range wanted {
		if !slices.Contains(known, group) {
			return Selected{}, fmt.Errorf("selection %q: want all, fresh, or some of %s: %w", name, strings.Join(known, "+"), market.ErrInvalid)
		}
	}
	chosen := slices.DeleteFunc(known, func(group string) bool { return !slices.Contains(wanted, group) })
	switch len(chosen) {
	case 0:
		return Selected{}, fmt.Errorf("selection %q names no leverage group: %w", name, market.ErrInvalid)
	case len(a.groups):
		return standard[0], nil
	}
	return a.of(strings.Join(chosen, "+"), chosen...), nil
}

// of returns the selection of the named groups, both sides.
func (a *Atlas) of(name string, groups ...string) Selected {
	out := Selected{Name: name}
	for g, group := range a.groups {
		if !slices.Contains(groups, group.Name) {
			continue
		}
		for side := range market.PositionSide(market.Sides) {
			out.Planes |= 1 << heatmap.PlaneOf(side, g, len(a.groups))
		}
	}
	return out
}

func (a *Atlas) groupNames() []string {
	names := make([]string, len(a.groups))
	for i, g := range a.groups {
		names[i] = g.Name
	}
	return names
}
