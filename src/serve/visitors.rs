//! Who has sent comments lately? Each address may send a few at once and then one every now and then.
//!
//! What is remembered has a fixed size, whoever sends how much from however many addresses: a table of seats, four of which
//! an address may take. Where all four are taken, whoever has been still for longest gives way. Since that lets a flood
//! from many addresses make itself forgotten, all of them together have a measure too.

use std::{
    hash::{BuildHasher as _, RandomState},
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// How many seats there are, in rows of [`ROW`].
const SEATS: usize = 4_096;
/// How many seats an address may take.
const ROW: usize = 4;

/// So many at once, and another after each such time.
#[derive(Clone, Copy, Debug)]
struct Measure {
    at_once: u32,
    each: Duration,
}

/// For one address.
const OF_ONE: Measure = Measure { at_once: 5, each: Duration::from_secs(120) };
/// For all together.
const OF_ALL: Measure = Measure { at_once: 100, each: Duration::from_secs(6) };

/// When an address will have its full measure again.
#[derive(Clone, Copy, Debug)]
struct Seat {
    address: u64,
    free: Instant,
}

/// Who has sent comments lately.
#[derive(Debug)]
pub struct Visitors {
    seats: Mutex<(Vec<Option<Seat>>, Option<Instant>)>,
    hasher: RandomState,
}

impl Default for Visitors {
    fn default() -> Self {
        Self { seats: Mutex::new((vec![None; SEATS], None)), hasher: RandomState::new() }
    }
}

impl Visitors {
    /// Lets somebody send one more, or says how long to wait.
    pub fn admit(&self, address: IpAddr, now: Instant) -> Result<(), Duration> {
        let address = self.hasher.hash_one(network(address));
        let mut seats = self.seats.lock().unwrap_or_else(PoisonError::into_inner);
        let (seats, all) = &mut *seats;
        let row = usize::try_from(address % (SEATS / ROW) as u64).unwrap_or_default() * ROW;
        let row = &mut seats[row..row + ROW];
        let known = row.iter().position(|seat| seat.is_some_and(|seat| seat.address == address));
        let seat = known.unwrap_or_else(|| {
            let freest = row.iter().enumerate().min_by_key(|(_, seat)| seat.map(|seat| seat.free));
            freest.map_or(0, |(place, _)| place)
        });
        let own = row[seat].filter(|seat| seat.address == address).map(|seat| seat.free);
        let free = taken(OF_ONE, own, now)?;
        *all = Some(taken(OF_ALL, *all, now)?);
        row[seat] = Some(Seat { address, free });
        Ok(())
    }
}

/// When the measure will be full again after one more, or how long there is none.
fn taken(measure: Measure, free: Option<Instant>, now: Instant) -> Result<Instant, Duration> {
    let free = free.map_or(now, |free| free.max(now)) + measure.each;
    let most = measure.each * measure.at_once;
    match (free - now).checked_sub(most) {
        Some(over) if !over.is_zero() => Err(over),
        _ => Ok(free),
    }
}

/// What counts as one address: of the longer ones the half that a household or a company has to itself.
fn network(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits() >> 64 << 64,
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use super::*;

    #[test]
    fn an_address_sends_a_few_at_once_and_then_waits() {
        let (visitors, now) = (Visitors::default(), Instant::now());
        let one = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
        for _ in 0..5 {
            assert_eq!(visitors.admit(one, now), Ok(()));
        }
        assert_eq!(visitors.admit(one, now), Err(Duration::from_secs(120)));
        assert_eq!(visitors.admit(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2)), now), Ok(()));
        assert_eq!(visitors.admit(one, now + Duration::from_secs(121)), Ok(()));
        assert!(visitors.admit(one, now + Duration::from_secs(122)).is_err());
    }

    #[test]
    fn a_network_counts_as_one_address() {
        let (visitors, now) = (Visitors::default(), Instant::now());
        let host = |host: u16| IpAddr::V6(Ipv6Addr::new(0x2001, 0xDB8, 1, 1, 0, 0, 0, host));
        let sent = (0..100).filter(|number| visitors.admit(host(*number), now).is_ok()).count();
        assert_eq!(sent, 5);
    }

    #[test]
    fn a_flood_from_everywhere_is_held_back_and_takes_no_more_room() {
        let (visitors, now) = (Visitors::default(), Instant::now());
        let sent = (0..200_000_u32).filter(|number| visitors.admit(IpAddr::V4((*number).into()), now).is_ok()).count();
        assert_eq!(sent, 100);
        let seats = visitors.seats.lock().expect("nobody panicked");
        assert_eq!((seats.0.len(), seats.0.capacity()), (SEATS, SEATS));
    }
}
