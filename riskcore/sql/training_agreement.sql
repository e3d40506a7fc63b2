-- Per person, over all pairs with a colleague who judged the same case: how many, and the share with the same tier.
select own.person, count(*), avg((own.tier = other.tier)::integer)
from training_judgement own
join training_judgement other on own.case_id = other.case_id and own.person <> other.person
group by own.person
