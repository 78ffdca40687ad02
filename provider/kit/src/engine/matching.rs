//! Pairs two rows of things that fit each other, as many as can be: greedy pairing leaves some out.

/// For each of `ours`, the index of one of `theirs` that it fits; none twice.
pub(super) fn matching<A, B>(ours: &[A], theirs: &[B], fits: impl Fn(&A, &B) -> bool) -> Vec<Option<usize>> {
    let candidates: Vec<Vec<usize>> =
        ours.iter().map(|ours| (0..theirs.len()).filter(|&i| fits(ours, &theirs[i])).collect()).collect();
    let mut owners = vec![None; theirs.len()];
    for index in 0..ours.len() {
        claim(index, &candidates, &mut owners, &mut vec![false; theirs.len()]);
    }
    let mut pairs = vec![None; ours.len()];
    for (candidate, owner) in owners.into_iter().enumerate() {
        if let Some(owner) = owner {
            pairs[owner] = Some(candidate);
        }
    }
    pairs
}

/// Finds a candidate without an owner for `index`, or one whose owner can find another.
fn claim(index: usize, candidates: &[Vec<usize>], owners: &mut [Option<usize>], asked: &mut [bool]) -> bool {
    candidates[index].iter().any(|&candidate| {
        if std::mem::replace(&mut asked[candidate], true) {
            return false;
        }
        let free = owners[candidate].is_none_or(|owner| claim(owner, candidates, owners, asked));
        if free {
            owners[candidate] = Some(index);
        }
        free
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_left_out_who_could_be_paired() {
        let divides = |a: &u32, b: &u32| b.is_multiple_of(*a);
        assert_eq!(matching(&[1, 2, 3], &[6, 2, 7], divides), [Some(2), Some(1), Some(0)]);
        assert_eq!(matching(&[4, 4], &[8, 9], divides), [Some(0), None]);
        assert_eq!(matching(&[0; 0], &[1], divides), []);
    }
}
