//! Rows of a few numbers, each of them once: for grouping, for what is different, and for joining by hash.

/// The place of a row that is not there.
const EMPTY: u32 = u32::MAX;

/// Rows of one width, in the order in which they came.
pub(super) struct Keys {
    width: usize,
    rows: Vec<u32>,
    count: usize,
    /// For each hash the number of a row, or of none; at most half of them are taken.
    table: Vec<u32>,
}

impl Keys {
    pub(super) fn new(width: usize) -> Self {
        Self { width, rows: Vec::new(), count: 0, table: vec![EMPTY; 16] }
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    pub(super) fn row(&self, index: usize) -> &[u32] {
        &self.rows[index * self.width..(index + 1) * self.width]
    }

    /// The number of a row, and whether it is a new one.
    pub(super) fn insert(&mut self, row: &[u32]) -> (usize, bool) {
        if self.count * 2 >= self.table.len() {
            self.grow();
        }
        let at = self.place(row);
        let known = self.table[at];
        if known != EMPTY {
            return (known as usize, false);
        }
        let index = self.count;
        self.table[at] = u32::try_from(index).unwrap_or(EMPTY - 1);
        self.rows.extend_from_slice(row);
        self.count += 1;
        (index, true)
    }

    /// The number of a row that is there.
    pub(super) fn find(&self, row: &[u32]) -> Option<usize> {
        let known = self.table[self.place(row)];
        (known != EMPTY).then_some(known as usize)
    }

    /// Where a row stands in the table, or would.
    fn place(&self, row: &[u32]) -> usize {
        let mask = self.table.len() - 1;
        let mut at = hash(row) & mask;
        loop {
            let known = self.table[at];
            if known == EMPTY || self.row(known as usize) == row {
                return at;
            }
            at = (at + 1) & mask;
        }
    }

    fn grow(&mut self) {
        self.table = vec![EMPTY; self.table.len() * 4];
        for index in 0..self.count {
            let at = self.place(self.row(index));
            self.table[at] = u32::try_from(index).unwrap_or(EMPTY - 1);
        }
    }
}

fn hash(row: &[u32]) -> usize {
    let mixed = row
        .iter()
        .fold(0_u64, |hash, number| (hash.rotate_left(5) ^ u64::from(*number)).wrapping_mul(0x517c_c1b7_2722_0a95));
    usize::try_from(mixed >> 29).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_is_kept_once() {
        let mut keys = Keys::new(2);
        for round in 0..2 {
            for n in 0..1000_u32 {
                let (index, is_new) = keys.insert(&[n % 10, n / 10]);
                assert_eq!((index, is_new), (n as usize, round == 0));
            }
        }
        assert_eq!(keys.len(), 1000);
        assert_eq!(keys.row(123), [3, 12]);
        assert_eq!(keys.find(&[9, 99]), Some(999));
        assert_eq!(keys.find(&[99, 9]), None);
        let mut empty = Keys::new(0);
        assert_eq!([empty.insert(&[]), empty.insert(&[])], [(0, true), (0, false)]);
    }
}
