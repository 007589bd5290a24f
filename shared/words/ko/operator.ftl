# For the operator.
stats = <b>운영 현황</b> (최근 1시간)
not-listed = 이 봇은 허용된 채팅에서만 답합니다.
broadcast-help = <code>/broadcast 보낼 글</code> ({ $most }자까지). 보내기 전에 미리 보여 드립니다.
broadcast-preview = <b>미리 보기</b> (모든 채팅에 보냅니다)
broadcast-send = 📣 보내기
broadcast-cancel = ✖️ 취소
broadcast-status = 🔄 현황
broadcast-begun = 보내기 시작했습니다.
broadcast-not-draft = 이미 보냈거나 취소된 글입니다.
broadcast-cancelled = 취소했습니다. 보내지 않은 { $count }건을 닫았습니다.
broadcast-counts = 현황: { $counts }
stats-hours = 시간별 결과:
feature-off = 지금은 꺼져 있는 기능입니다. 나중에 다시 시도해 주세요.
flags = <b>기능</b>: 누르면 켜고 끕니다.
flags-unknown = '{ $name }' 기능이 없습니다. <code>/flags 이름 on|off</code>, 이름: { $known }
notice-clean-up = 🧹 봇을 { $days }일 넘게 차단한 채팅 { $count }개의 정보를 지웠습니다.
