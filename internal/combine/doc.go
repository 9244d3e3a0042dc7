// Package combine makes one instrument of several: a coin over venues. It says
// which combinations there are, what they are called, when their columns close
// and what those columns hold; the cells are added up by heatmap.Sum, and read
// by internal/atlas. It is pure: it reads nothing and keeps nothing.
//
// # Names
//
// A combination's symbol is the coin, and its venue says of what it is made:
//
//	all              every venue that has the coin
//	binance+bybit    these venues, with all of their instruments of the coin
//	binance          one venue's linear and inverse instruments together
//	all.z            the same, every instrument normalised before it is added
//
// Simulated and real instruments are never added up: of a coin that has both,
// the real ones count.
//
// # Amounts
//
// Cells are USD, of inverse contracts too, on one grid of prices; so they add
// up. A level stays at the price at which its own venue would liquidate it. The
// basis between venues is therefore in the picture: a cluster that two venues
// share is as much wider as their prices lie apart, and a level may stand some
// basis points on the far side of the combination's price, which is the
// reference's. Volume and open interest are converted from each instrument's
// contracts to coins. One contract of a combination is one coin.
//
// # Time
//
// A column closes when every instrument that is up has closed it. One that is
// more than Patience behind the newest is not waited for: its levels stand as
// they last stood, to the end of the UTC day, and every column without it is
// flagged as a gap, for a day at most. When it comes back its own columns, which
// are flagged too, take the place of what stood in for them. So a closed column
// can change only where it is flagged as a gap.
package combine
